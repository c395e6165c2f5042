#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a server might make of a quota per minute. AWS says nowhere which of them Bedrock does; its published runs fit ``bucket60``.
package enum Semantics: String, CaseIterable, Sendable {
  /// A bucket of a minute of the quota, full at the start, refilled without a pause.
  case bucket60
  case bucket5
  case bucket2
  /// The sum over the last 60 s.
  case rolling60
  /// The sum over the minute of the server's clock.
  case fixed60
  /// A bucket of a minute that lets in while anything is left, and takes what a request cost when it ends.
  case laggy
  /// A bucket of a minute whose rate swings by a fifth, once in ten minutes.
  case soft
  /// Four buckets of a quarter each; a request goes to one of them by lot.
  case hierarchical

  /// Those whose limit stands still and is one.
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

  /// The most that one request may reserve and be let in, in seconds of the quota.
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
