/// What a quota counts.
///
/// A struct, so that a new value breaks nobody's `switch`; ``allCases`` holds those that this version knows.
public struct QuotaMeasure: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  private enum Value: String, CaseIterable {
    case rpm
    case tpm
    case inputTPM = "input-tpm"
    case outputTPM = "output-tpm"
    case tpd
    case concurrent
    case modelUnits = "model-units"
    case rate
    case count
    case size
    case other
  }

  private let value: Value

  private init(_ value: Value) { self.value = value }

  /// Requests per minute.
  public static var rpm: Self { Self(.rpm) }
  /// Tokens per minute, input and output together.
  public static var tpm: Self { Self(.tpm) }
  /// Input tokens per minute (bedrock-mantle).
  public static var inputTPM: Self { Self(.inputTPM) }
  /// Output tokens per minute (bedrock-mantle).
  public static var outputTPM: Self { Self(.outputTPM) }
  /// Tokens per day.
  public static var tpd: Self { Self(.tpd) }
  /// Requests in flight.
  public static var concurrent: Self { Self(.concurrent) }
  /// Model units of provisioned throughput.
  public static var modelUnits: Self { Self(.modelUnits) }
  /// Calls of a control-plane or agent operation, per second or minute.
  public static var rate: Self { Self(.rate) }
  /// The number of resources of one kind.
  public static var count: Self { Self(.count) }
  /// The size or length of something.
  public static var size: Self { Self(.size) }
  /// Anything else, and names that could not be read.
  public static var other: Self { Self(.other) }

  /// The name in JSON and on the command line.
  public var rawValue: String { value.rawValue }

  /// nil for a name that this version doesn't know.
  public init?(rawValue: String) {
    guard let value = Value(rawValue: rawValue) else { return nil }
    self.init(value)
  }

  public static var allCases: [Self] { Value.allCases.map(Self.init) }

  // The default of RawRepresentable compares text.
  public static func == (a: Self, b: Self) -> Bool { a.value == b.value }

  public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
