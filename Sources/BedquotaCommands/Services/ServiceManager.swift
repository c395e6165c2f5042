import Foundation
import NIOCore
import NIOPosix

/// The systemd that runs this process as a unit of `Type=notify`, and wants to know how it is.
///
/// Source: sd_notify(3) and sd_watchdog_enabled(3) of systemd: datagrams to the socket in NOTIFY_SOCKET.
struct ServiceManager: Sendable {
  enum State: Sendable, Equatable {
    case ready, stopping
    /// The process is alive.
    case alive

    fileprivate var text: String {
      switch self {
      case .ready: "READY=1"
      case .stopping: "STOPPING=1"
      case .alive: "WATCHDOG=1"
      }
    }
  }

  /// Of a socket in the file system, or in Linux's abstract names, where it begins with a zero byte.
  private let address: [UInt8]
  /// How often the manager wants to hear that the process is alive, at most half of what it waits; nil: it doesn't.
  let watchdogInterval: Duration?

  /// A watchdog that wants to hear more often would only keep the process busy.
  private static let watchdogIntervalMin = Duration.milliseconds(10)

  /// - Returns: nil if no manager wants to know.
  init?(environment: [String: String] = ProcessInfo.processInfo.environment, processID: Int32 = getpid()) {
    guard let socket = environment["NOTIFY_SOCKET"], socket.first == "/" || socket.first == "@" else { return nil }
    var address = Array(socket.utf8)
    if socket.first == "@" { address[0] = 0 }
    guard address.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
    self.address = address
    watchdogInterval = Self.watchdogInterval(environment, processID)
  }

  private static func watchdogInterval(_ environment: [String: String], _ processID: Int32) -> Duration? {
    guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else { return nil }
    // Of a parent's watchdog, which doesn't watch this process.
    if let id = environment["WATCHDOG_PID"], id != "\(processID)" { return nil }
    return max(.microseconds(microseconds / 2), watchdogIntervalMin)
  }

  /// Nothing depends on it, so a manager that can't be reached is no failure.
  func tell(_ state: State) {
    #if os(Linux)
      let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #else
      let kind = SOCK_DGRAM
    #endif
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var socketAddress = sockaddr_un()
    socketAddress.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &socketAddress.sun_path) { $0.copyBytes(from: address) }
    // An abstract name ends where the length says.
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + address.count } ?? 0
    let text = Array(state.text.utf8)
    _ = withUnsafePointer(to: &socketAddress) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, text, text.count, 0, $0, socklen_t(length))
      }
    }
  }

  /// Tells that the process is alive, as long as its threads answer, until the task is cancelled.
  func run(on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) async {
    guard let watchdogInterval else { return }
    while !Task.isCancelled {
      for loop in group.makeIterator() { try? await loop.submit {}.get() }
      tell(.alive)
      try? await Task.sleep(for: watchdogInterval)
    }
  }
}
