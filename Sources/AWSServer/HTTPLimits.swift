import Foundation
import NIOCore

/// What a server accepts from its clients, so that none of them can use up its memory, descriptors or patience.
package struct HTTPLimits: Sendable {
  /// The longest body of a request, in bytes; a longer one is answered with 413.
  package var bodyBytesMax = 25 * 1_024 * 1_024
  /// The bytes of all bodies that are held: those that are being received, and those of requests that wait for their answers. A
  /// request that exceeds them is answered with 503.
  package var receivedBytesMax = 256 * 1_024 * 1_024
  /// Requests in progress at a time; the next one is answered with 503.
  package var requestsMax = 16_384
  /// The longest head of a request, and the longest field in it, in bytes.
  package var headBytesMax = 80 * 1_024
  /// The fields in the head of a request over HTTP/1.
  package var headFieldsMax = 1_000
  /// Streams at a time on one HTTP/2 connection.
  package var streamsMax = 100
  /// Connections at a time; others wait in the kernel until one is closed.
  package var connectionsMax = HTTPLimits.connectionsForDescriptors()
  /// How long a client may stay silent.
  package var patience = ConnectionPatience.Limits()

  package init() {}

  /// The connections that this process has descriptors for; some descriptors are left for everything else.
  private static func connectionsForDescriptors() -> Int { connections(descriptors: Int(sysconf(Int32(_SC_OPEN_MAX)))) }

  /// - Parameter descriptors: the most that the process may have open; below 0 if there is no limit, as `sysconf` says it.
  package static func connections(descriptors: Int) -> Int {
    let most = descriptors < 0 ? Int.max : descriptors
    // Event loops, standard streams and four connections that are accepted together take about 20.
    return min(max(most - 24, 4), 8_192)
  }
}

extension HTTPLimits {
  /// For pages that operators look at: requests have no bodies, few programs ask at a time, and the events of a live page are one long
  /// reply.
  package static var pages: HTTPLimits {
    var limits = HTTPLimits()
    (limits.bodyBytesMax, limits.receivedBytesMax, limits.requestsMax) = (65_536, 1_048_576, 128)
    limits.connectionsMax = min(limits.connectionsMax, 1_024)
    (limits.patience.idle, limits.patience.request) = (.seconds(130), .hours(24))
    return limits
  }
}
