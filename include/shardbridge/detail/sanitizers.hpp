// Which sanitizers a translation unit is compiled for: gcc and clang say it in different words.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define SHARDBRIDGE_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHARDBRIDGE_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef SHARDBRIDGE_ADDRESS_SANITIZER
#define SHARDBRIDGE_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__)
#define SHARDBRIDGE_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SHARDBRIDGE_THREAD_SANITIZER 1
#endif
#endif
#ifndef SHARDBRIDGE_THREAD_SANITIZER
#define SHARDBRIDGE_THREAD_SANITIZER 0
#endif
