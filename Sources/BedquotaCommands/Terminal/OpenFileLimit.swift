import Foundation

/// How many files and connections the process may have open at once.
enum OpenFileLimit {
  /// Files that are open besides the connections to the model: the standard streams, input, output, journal, and the connections
  /// that read quotas.
  private static let reserved = 64
  /// macOS refuses more.
  private static let wanted: rlim_t = 10_240

  /// Raises the limit as far as the process may.
  /// - Returns: the connections that can be open at once.
  static func raise() -> Int {
    #if canImport(Darwin)
      let resource = RLIMIT_NOFILE
    #else
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return .max }
    if limit.rlim_cur < wanted {
      var raised = limit
      raised.rlim_cur = min(wanted, limit.rlim_max)
      if setrlimit(resource, &raised) == 0 { limit = raised }
    }
    return max(8, Int(min(limit.rlim_cur, 1 << 30)) - reserved)
  }
}
