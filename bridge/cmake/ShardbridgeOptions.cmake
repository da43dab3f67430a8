# How this project compiles itself. Never exported: an application keeps its own flags.
add_library(shardbridge_options INTERFACE)
target_compile_features(shardbridge_options INTERFACE cxx_std_20)
if(SHARDBRIDGE_DEVELOPER)
  # Optimised, gcc 12 warns of copies inside std::string that it has made itself (GCC bugs 105651 and 105329).
  target_compile_options(shardbridge_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<CONFIG:Debug>:-Werror>)
endif()

# Sanitizers apply to the whole tree, so they are global flags and not a property of one target.
set(SHARDBRIDGE_SANITIZE "" CACHE STRING "Sanitizers for the whole build, as -fsanitize= takes them")
if(SHARDBRIDGE_SANITIZE)
  add_compile_options(-fsanitize=${SHARDBRIDGE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SHARDBRIDGE_SANITIZE})
  if(SHARDBRIDGE_SANITIZE MATCHES "undefined")
    # To look at an object's type it makes pipes, which tests that leave no descriptors do not allow.
    add_compile_options(-fno-sanitize=vptr)
  endif()
  if(SHARDBRIDGE_SANITIZE MATCHES "thread")
    # gcc warns that ThreadSanitizer does not model stand-alone fences; moodycamel and Asio have some, this library none.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
