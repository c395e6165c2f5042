extension QuotaMeasure {
  /// Whether requests reserve tokens per minute of it when they start, max_tokens among them.
  package var isReserved: Bool { self == .tpm || self == .inputTPM }

  /// The measure in words, as in "`requests per minute` were used up".
  package var words: String {
    switch self {
    case .rpm: "requests per minute"
    case .tpm: "tokens per minute"
    case .inputTPM: "input tokens per minute"
    case .outputTPM: "output tokens per minute"
    case .tpd: "tokens per day"
    case .concurrent: "concurrent requests"
    case .modelUnits: "model units"
    default: rawValue
    }
  }
}
