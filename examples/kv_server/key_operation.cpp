#include "key_operation.hpp"

namespace kv_server {

void fail_rest(key_work& work, const std::exception_ptr& why) {
  std::string text = "ERR ";
  try {
    std::rethrow_exception(why);
  } catch (const std::exception& problem) {
    text += problem.what();
  }
  for (key_operation& each : work.all) {
    if (each.result != key_operation::outcome::open) continue;
    each.result = key_operation::outcome::failed;
    each.text = text;
  }
  work.done = work.all.size();
}

} // namespace kv_server
