/// What a quota counts.
public enum QuotaMeasure: String, Sendable, Codable, CaseIterable {
  /// Requests per minute.
  case rpm
  /// Tokens per minute, input and output together.
  case tpm
  /// Input tokens per minute (bedrock-mantle).
  case inputTPM = "input-tpm"
  /// Output tokens per minute (bedrock-mantle).
  case outputTPM = "output-tpm"
  /// Tokens per day.
  case tpd
  /// Requests under way at once.
  case concurrent
  /// Model units of provisioned throughput.
  case modelUnits = "model-units"
  /// Calls of a control-plane or agent operation, per second or minute.
  case rate
  /// How many there may be of something.
  case count
  /// How large something may be, or how long.
  case size
  case other
}
