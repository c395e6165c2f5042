// The thread sanitizer sees what is compiled with it, and system calls it doesn't follow. Swift's Mutex on Linux is compiled into its
// callers but for the slow way, where a thread waits on a futex inside libswiftSynchronization: whoever got a contended lock seems to
// have got none, and every access under it a race. In builds with the sanitizer this takes the place of the slow way, by the symbol's
// name, and tries until the lock is free: the same word with the same meaning, 0 or the owner's thread id.
#include "VisibleMutex.h"

#if defined(__linux__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Synchronization._MutexHandle._lockSlow(UInt32)
__attribute__((swiftcall, used, visibility("default"))) void lock_slow(
    uint32_t own_id, __attribute__((swift_context)) _Atomic uint32_t *word) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void lock_slow(uint32_t own_id, __attribute__((swift_context)) _Atomic uint32_t *word) {
  (void)own_id;
  uint32_t owner = (uint32_t)syscall(SYS_gettid);
  uint32_t expected = 0;
  while (!atomic_compare_exchange_weak_explicit(word, &expected, owner, memory_order_acquire, memory_order_relaxed)) {
    expected = 0;
    sched_yield();
  }
}

#endif
#endif
