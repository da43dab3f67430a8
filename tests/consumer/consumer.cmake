# cmake -D STEP=.. -D CONFIG=.. -P consumer.cmake FOLDER: one test of a consumer. FOLDER holds outer.cmake and all it makes.
cmake_minimum_required(VERSION 3.25)
math(EXPR last "${CMAKE_ARGC} - 1")
set(folder "${CMAKE_ARGV${last}}")
include("${folder}/outer.cmake")
set(here "${CMAKE_CURRENT_LIST_DIR}")
set(prefix "${folder}/prefix")

function(run)
  list(JOIN ARGN " " line)
  message(STATUS "${line}")
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed (${status}): ${line}")
  endif()
endfunction()

# The project in tests/consumer/${STEP}, configured afresh (what an earlier run found may be gone) but built again cheaply.
function(build_and_run)
  run("${CMAKE_COMMAND}" --fresh -C "${folder}/outer.cmake" -G "${outer_generator}" -S "${here}/${STEP}"
    -B "${folder}/${STEP}")
  run("${CMAKE_COMMAND}" --build "${folder}/${STEP}" --config "${CONFIG}" --parallel 2)
  run("${folder}/${STEP}/consumer" "${folder}/${STEP}/data")
endfunction()

# Whether the project in tests/consumer/NAME finds what it needs, with these variables for cmake.
macro(configure_only name)
  execute_process(COMMAND "${CMAKE_COMMAND}" --fresh -C "${folder}/outer.cmake" -G "${outer_generator}" ${ARGN}
      -S "${here}/${name}" -B "${folder}/components/${name}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
endmacro()
function(configures name)
  configure_only(${name} ${ARGN})
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${name} does not configure with ${ARGN}: ${output}")
  endif()
endfunction()
function(refuses name reason)
  configure_only(${name} ${ARGN})
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(status EQUAL 0 OR NOT output MATCHES "${reason}")
    message(FATAL_ERROR "${name} does not say '${reason}' with ${ARGN}: ${output}")
  endif()
endfunction()

# Compiler and flags of the outer build as one list, for steps without a build system.
string(TOUPPER "${CONFIG}" variant)
separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${variant}}")
set(compile "${CMAKE_CXX_COMPILER}" ${flags})

if(STEP STREQUAL "install")
  file(REMOVE_RECURSE "${prefix}")
  run("${CMAKE_COMMAND}" --install "${outer_build}" --config "${CONFIG}" --prefix "${prefix}")

elseif(STEP STREQUAL "find_package")
  build_and_run()
  # An older copy elsewhere on the machine must not have answered instead.
  load_cache("${folder}/find_package" READ_WITH_PREFIX found_ shardbridge_DIR)
  cmake_path(IS_PREFIX prefix "${found_shardbridge_DIR}" ours)
  if(NOT ours)
    message(FATAL_ERROR "found ${found_shardbridge_DIR}, which is not in ${prefix}")
  endif()

elseif(STEP STREQUAL "add_subdirectory" OR STEP STREQUAL "prometheus")
  build_and_run()

elseif(STEP STREQUAL "components")
  # Nobody but who asks for the component needs prometheus-cpp; who asks is told what is missing.
  set(hide -D CMAKE_DISABLE_FIND_PACKAGE_prometheus-cpp=ON)
  configures(find_package ${hide})
  refuses(prometheus "needs prometheus-cpp" ${hide})
  # The same where it was installed without: what the component brought is taken out of a copy.
  set(bare "${folder}/components/bare")
  file(REMOVE_RECURSE "${bare}")
  file(COPY "${prefix}/" DESTINATION "${bare}")
  file(GLOB_RECURSE parts "${bare}/*prometheus*")
  file(REMOVE ${parts})
  set(use -D "shardbridge_DIR=${bare}/${outer_libdir}/cmake/shardbridge")
  configures(find_package ${use})
  refuses(prometheus "installed without" ${use})

elseif(STEP STREQUAL "pkg_config")
  set(libraries "${prefix}/${outer_libdir}")
  set(ENV{PKG_CONFIG_PATH} "${libraries}/pkgconfig:$ENV{PKG_CONFIG_PATH}")
  set(ENV{LD_LIBRARY_PATH} "${libraries}:$ENV{LD_LIBRARY_PATH}")
  set(static --static)
  if(BUILD_SHARED_LIBS)
    set(static "")
  endif()
  execute_process(COMMAND "${outer_pkg_config}" ${static} --cflags --libs shardbridge
    OUTPUT_VARIABLE needed OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(needed UNIX_COMMAND "${needed}")
  file(MAKE_DIRECTORY "${folder}/pkg_config")
  run(${compile} -std=c++20 "${here}/main.cpp" -o "${folder}/pkg_config/consumer" ${needed})
  run("${folder}/pkg_config/consumer" "${folder}/pkg_config/data")

elseif(STEP STREQUAL "asio_configurations")
  # The compiled library has no code of Asio's but its error categories, which no macro changes: so it works with every
  # configuration that an application may have.
  file(GLOB libraries "${prefix}/${outer_libdir}/libshardbridge.*")
  foreach(library ${libraries})
    execute_process(COMMAND "${outer_nm}" --demangle --defined-only "${library}" OUTPUT_VARIABLE symbols
      COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX REPLACE "boost::asio::(error|resolver_errc)::" "" symbols "${symbols}")
    string(REGEX MATCH "boost::asio::[^\n]*" foreign "${symbols}")
    if(foreign)
      message(FATAL_ERROR "${library} contains ${foreign}")
    endif()
  endforeach()
  function(build_with name)
    set(program "${folder}/asio_configurations/${name}")
    run(${compile} -std=c++20 ${ARGN} -I "${prefix}/${outer_includedir}" "${here}/main.cpp" -o "${program}"
      -L "${prefix}/${outer_libdir}" -lshardbridge -luring -pthread)
    run("${program}" "${program}.data")
  endfunction()
  file(MAKE_DIRECTORY "${folder}/asio_configurations")
  set(ENV{LD_LIBRARY_PATH} "${prefix}/${outer_libdir}:$ENV{LD_LIBRARY_PATH}")
  build_with(io_uring -DBOOST_ASIO_HAS_IO_URING -DBOOST_ASIO_DISABLE_EPOLL)
  build_with(select -DBOOST_ASIO_DISABLE_EPOLL -DBOOST_ASIO_NO_DEPRECATED -DBOOST_ASIO_NO_TS_EXECUTORS)
  build_with(separate -DBOOST_ASIO_SEPARATE_COMPILATION "${here}/asio.cpp")

elseif(STEP STREQUAL "requirements")
  # An application needs neither liburing's nor moodycamel's nor prometheus-cpp's headers: all are poisoned, and it still
  # compiles.
  set(poison "${folder}/poison")
  foreach(header liburing.h liburing/io_uring.h concurrentqueue.h concurrentqueue/concurrentqueue.h
      blockingconcurrentqueue.h concurrentqueue/blockingconcurrentqueue.h
      prometheus/collectable.h prometheus/metric_family.h)
    file(WRITE "${poison}/${header}" "#error poisoned\n")
  endforeach()
  set(check ${compile} -std=c++20 -fsyntax-only -I "${poison}" -I "${prefix}/${outer_includedir}")
  run(${check} "${here}/main.cpp")
  foreach(header liburing.h concurrentqueue/concurrentqueue.h prometheus/metric_family.h)
    string(MAKE_C_IDENTIFIER "${header}" name)
    file(WRITE "${poison}/${name}.cpp" "#include <${header}>\n")
    execute_process(COMMAND ${check} "${poison}/${name}.cpp" RESULT_VARIABLE status ERROR_VARIABLE output)
    if(status EQUAL 0 OR NOT output MATCHES "poisoned")
      message(FATAL_ERROR "the poison does not work, so the check above proves nothing: ${output}")
    endif()
  endforeach()

  # Nor does the exported target ask for their folders, or for this project's own warnings.
  file(READ "${prefix}/${outer_libdir}/cmake/shardbridge/shardbridgeTargets.cmake" targets)
  foreach(unwanted ConcurrentQueue prometheus shardbridge_options INTERFACE_COMPILE_OPTIONS INTERFACE_SYSTEM_INCLUDE_DIRECTORIES)
    if(targets MATCHES "${unwanted}")
      message(FATAL_ERROR "shardbridgeTargets.cmake exports ${unwanted}")
    endif()
  endforeach()
  if(targets MATCHES "INTERFACE_INCLUDE_DIRECTORIES \"([^\"]*)\"" AND NOT CMAKE_MATCH_1 STREQUAL "\${_IMPORT_PREFIX}/${outer_includedir}")
    message(FATAL_ERROR "shardbridge::shardbridge asks for the include folders ${CMAKE_MATCH_1}")
  endif()

else()
  message(FATAL_ERROR "unknown STEP '${STEP}'")
endif()
