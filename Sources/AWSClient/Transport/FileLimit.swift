import Foundation

/// How many files the system lets this process open, of which each connection takes one.
package enum FileLimit {
  /// The connections that a client has at most; more would only cost memory.
  static let connectionsMax = 4_096
  /// Files that suffice for them.
  private static let filesMax = 8_192
  /// Files that suffice for a gateway: each connection takes some kilobytes.
  private static let gatewayFilesMax = 65_536
  /// Files for anything but connections: input, output, event loops, libraries.
  private static let othersMax = 64

  /// Raises the limit as far as the system allows without privileges.
  /// - Returns: the limit that holds now.
  static func raise(upTo filesMax: Int = filesMax) -> Int {
    var limit = rlimit()
    #if canImport(Glibc) || canImport(Musl)
      let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let files = RLIMIT_NOFILE
    #endif
    guard getrlimit(files, &limit) == 0 else { return 256 }
    let wanted = min(limit.rlim_max, rlim_t(filesMax))
    if limit.rlim_cur < wanted {
      var raised = limit
      raised.rlim_cur = wanted
      if setrlimit(files, &raised) == 0 { limit = raised }
    }
    return Int(min(limit.rlim_cur, rlim_t(filesMax)))
  }

  /// The connections that this process may have, 1 or more.
  /// - Parameter ends: how many ends of each connection are in this process.
  package static func connections(ends: Int = 1) -> Int {
    max(1, connections(files: raise(), wanted: connectionsMax * ends) / ends)
  }

  /// For a gateway: connections of its clients, many of whom wait without one to AWS, and those to AWS.
  package static func gateway() -> (clients: Int, upstream: Int) { gateway(files: raise(upTo: gatewayFilesMax)) }

  static func gateway(files: Int) -> (clients: Int, upstream: Int) {
    let left = files - min(othersMax, files / 2)
    // A connection that is closed keeps its file for a moment.
    let upstream = max(1, min(connectionsMax, left / 4))
    return (max(1, left - upstream - left / 16), upstream)
  }

  /// The connections that fit a limit, 1 or more: three quarters of what is left for them, because a closed connection keeps its
  /// file for a moment.
  static func connections(files: Int, wanted: Int) -> Int {
    let left = files - min(othersMax, files / 2)
    return max(1, min(wanted, left * 3 / 4))
  }
}
