#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How a server may enforce a quota per minute. AWS doesn't publish how Bedrock does; its published runs fit ``bucket60``.
package enum Semantics: String, CaseIterable, Sendable {
  /// A bucket that holds a minute of the quota, full at the start, refilled continuously.
  case bucket60
  case bucket5
  case bucket2
  /// The sum over the last 60 s.
  case rolling60
  /// The sum over the minute of the server's clock.
  case fixed60
  /// A bucket of a minute that accepts while anything is left, and debits the final cost when a request ends.
  case laggy
  /// A bucket of a minute whose rate swings by a fifth, once in ten minutes.
  case soft
  /// Four buckets of a quarter each; each request goes to a random one.
  case hierarchical

  /// The semantics with one constant limit.
  package static let plain: [Semantics] = [.bucket60, .bucket5, .bucket2, .rolling60, .fixed60, .laggy]

  enum Shape: Sendable, Equatable {
    case bucket(seconds: Int64)
    case rolling
    case fixed
  }

  var shape: Shape {
    switch self {
    case .bucket60, .laggy, .soft, .hierarchical: .bucket(seconds: 60)
    case .bucket5: .bucket(seconds: 5)
    case .bucket2: .bucket(seconds: 2)
    case .rolling60: .rolling
    case .fixed60: .fixed
    }
  }

  var isLate: Bool { self == .laggy }
  var shards: Int { self == .hierarchical ? 4 : 1 }

  /// The most that one request may reserve, in seconds of the quota.
  package var secondsMax: Double {
    switch self {
    case .bucket5: 5
    case .bucket2: 2
    case .hierarchical: 15
    default: 60
    }
  }

  /// Nanoseconds at the plain rate that bring as much as has come by a time.
  ///
  /// The integral of 1 + 0.2·sin(2πt/600 s): a whole refill from one subtraction, however many steps lie between.
  func ripened(by time: Int64) -> Int64 {
    guard self == .soft else { return time }
    let angular = 2 * Double.pi / 600e9
    return time + Int64((0.2 / angular * (1 - cos(angular * Double(time)))).rounded())
  }
}
