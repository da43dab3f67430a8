// Asio's own code, for an application that compiles it once.
#include <boost/asio/impl/src.hpp>
