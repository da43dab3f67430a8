// What is planted to see that it is found.
#pragma once

namespace shardbridge::soak {

enum class harm {
  none,
  lost_completion,   ///< something that was begun never ends
  wrong_data,        ///< a byte of a file is changed
  leaked_descriptor, ///< files are opened and left open
  leaked_memory,     ///< memory is allocated and left
  hang,              ///< an operation that nothing ends
};

} // namespace shardbridge::soak
