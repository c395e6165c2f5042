#if canImport(Darwin)
  package import Synchronization
#elseif canImport(Glibc)
  import Glibc
  import Synchronization
#elseif canImport(Musl)
  import Musl
  import Synchronization
#endif

#if canImport(Darwin)
  /// Darwin's lock doesn't go to sleepers, and it lends its owner the priority of those who wait, which nothing of ours could.
  package typealias BackoffLock<Value> = Mutex<Value>
#else
  /// A lock for short sections that many threads want at once. Whoever finds it taken gets out of the owner's way.
  ///
  /// It is not a `Mutex`, because that one, on Linux, hands itself to a thread that sleeps. Each section then waits until that thread
  /// runs, and what the lock guards moves to another processor: two threads together get less done than one alone. Nor does it spin
  /// as a spin lock does, because each look at a lock takes its cache line from the owner.
  ///
  /// Here a thread that waits looks again after 0.2, 0.6 and 1.4 µs, and then sleeps between looks, so that it neither slows the
  /// owner nor takes the processor that the owner may need. Meanwhile a thread that is awake passes the lock to itself. Nobody
  /// has to be woken, so unlocking is a single store.
  ///
  /// A thread that has waited for a millisecond is starving. From then on nobody who isn't takes the lock, so it waits for the
  /// owner's section and for others that starve, and for nothing else.
  package struct BackoffLock<Value>: ~Copyable, @unchecked Sendable {
    private static var firstPause: Int64 { 200 }
    private static var pauses: Int { 3 }
    /// The kernel adds 50 µs of its own.
    private static var sleep: Int { 10_000 }
    private static var patience: Int64 { 1_000_000 }

    private let isTaken = Atomic(false)
    /// How many threads starve.
    private let starving = Atomic(0)
    /// Only the thread that has taken the lock reads or writes it.
    private let value: UnsafeMutablePointer<Value>

    package init(_ initial: consuming sending Value) {
      value = .allocate(capacity: 1)
      value.initialize(to: initial)
    }

    deinit {
      value.deinitialize(count: 1)
      value.deallocate()
    }

    @inline(__always)
    package borrowing func withLock<Result, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      if !takeUnlessOthersStarve() { wait() }
      // What the section wrote is visible to the next owner.
      defer { isTaken.store(false, ordering: .releasing) }
      return try body(&value.pointee)
    }

    @inline(__always)
    private borrowing func takeUnlessOthersStarve() -> Bool { starving.load(ordering: .relaxed) == 0 && take() }

    @inline(__always)
    private borrowing func take() -> Bool {
      isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    }

    /// Returns when the lock is taken.
    @inline(never)
    private borrowing func wait() {
      let start = MonotonicClock.now()
      var now = start
      for turn in 0..<Self.pauses {
        let end = now &+ Self.firstPause << turn
        repeat { now = MonotonicClock.now() } while now < end
        if takeUnlessOthersStarve() { return }
      }
      while MonotonicClock.now() &- start < Self.patience {
        nap()
        if takeUnlessOthersStarve() { return }
      }
      starving.add(1, ordering: .relaxed)
      while !take() { nap() }
      starving.subtract(1, ordering: .relaxed)
    }

    private borrowing func nap() {
      var time = timespec(tv_sec: 0, tv_nsec: Self.sleep)
      nanosleep(&time, nil)
    }
  }
#endif
