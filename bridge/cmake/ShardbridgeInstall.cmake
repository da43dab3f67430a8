install(TARGETS shardbridge EXPORT shardbridgeTargets FILE_SET HEADERS
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT shardbridgeTargets NAMESPACE shardbridge:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/shardbridge)

# A component is there if its file is: read only for those who ask for it, so that nobody else needs prometheus-cpp.
if(TARGET shardbridge_prometheus)
  install(TARGETS shardbridge_prometheus EXPORT shardbridge-prometheus FILE_SET HEADERS
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT shardbridge-prometheus NAMESPACE shardbridge:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/shardbridge)
endif()

configure_package_config_file(bridge/cmake/shardbridgeConfig.cmake.in "${PROJECT_BINARY_DIR}/shardbridgeConfig.cmake"
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/shardbridge)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/shardbridgeConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/shardbridgeConfig.cmake" "${PROJECT_BINARY_DIR}/shardbridgeConfigVersion.cmake"
    bridge/cmake/FindLibUring.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/shardbridge)

# Relative to the file itself: the prefix may be chosen at installation, and the tree moved afterwards.
file(RELATIVE_PATH shardbridge_pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
configure_file(bridge/cmake/shardbridge.pc.in "${PROJECT_BINARY_DIR}/shardbridge.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/shardbridge.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
