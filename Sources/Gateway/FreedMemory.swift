#if canImport(Glibc)
  import Glibc
#endif

/// Gives memory back to the system after many requests have left: glibc's allocator keeps what is freed below what is still in use.
struct FreedMemory {
  /// What the allocator may keep, in bytes: enough for the next requests.
  private static let slack = 16 << 20

  /// The most that requests have had since memory was given back last, in bytes.
  private var most = 0

  /// Whether much has been freed since the last time.
  /// - Parameter inUse: what requests have now, in bytes.
  mutating func isDue(inUse: Int) -> Bool {
    most = max(most, inUse)
    guard most - inUse > Self.slack else { return false }
    most = inUse
    return true
  }

  /// It takes some milliseconds for each 100 MB. Other allocators than glibc's give back by themselves.
  static func giveBack() {
    #if canImport(Glibc)
      // The header that declares it is not a part of Swift's module.
      guard let symbol = dlsym(nil, "malloc_trim") else { return }
      _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    #endif
  }
}
