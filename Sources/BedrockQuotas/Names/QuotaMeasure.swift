/// What a quota counts.
///
/// A struct, so that a new value breaks nobody's `switch`; ``allCases`` holds those that this version knows.
public struct QuotaMeasure: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  /// The name in JSON and on the command line.
  public let rawValue: String

  private init(_ name: String) { rawValue = name }

  /// Requests per minute.
  public static var rpm: Self { Self("rpm") }
  /// Tokens per minute, input and output together.
  public static var tpm: Self { Self("tpm") }
  /// Input tokens per minute (bedrock-mantle).
  public static var inputTPM: Self { Self("input-tpm") }
  /// Output tokens per minute (bedrock-mantle).
  public static var outputTPM: Self { Self("output-tpm") }
  /// Tokens per day.
  public static var tpd: Self { Self("tpd") }
  /// Requests in flight.
  public static var concurrent: Self { Self("concurrent") }
  /// Model units of provisioned throughput.
  public static var modelUnits: Self { Self("model-units") }
  /// Calls of a control-plane or agent operation, per second or minute.
  public static var rate: Self { Self("rate") }
  /// The number of resources of one kind.
  public static var count: Self { Self("count") }
  /// The size or length of something.
  public static var size: Self { Self("size") }
  /// Anything else, and names that could not be read.
  public static var other: Self { Self("other") }

  /// nil for a name that this version doesn't know.
  public init?(rawValue: String) {
    guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
    self.init(rawValue)
  }

  /// All that this version knows.
  public static let allCases: [Self] = [
    .rpm, .tpm, .inputTPM, .outputTPM, .tpd, .concurrent, .modelUnits, .rate, .count, .size, .other,
  ]
}
