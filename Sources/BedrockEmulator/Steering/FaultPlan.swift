import AWSServer

/// What goes wrong on purpose, and how often. Rates are shares of the admitted requests, from 0 to 1, together at most 1.
package struct FaultPlan: Sendable, Equatable {
  package enum Fault: String, Sendable, CaseIterable {
    /// 500 InternalServerException
    case internalServerError = "internal-server-error"
    /// 503 ServiceUnavailableException
    case serviceUnavailable = "service-unavailable"
    /// 429 ModelNotReadyException
    case modelNotReady = "model-not-ready"
    /// 408 ModelTimeoutException
    case modelTimeout = "model-timeout"
    /// Ten times the usual time to the first token and between tokens.
    case slow
    /// Nothing more comes after the first half, for ten minutes.
    case stall
    /// A stream ends in the middle with a modelStreamErrorException; a reply that is no stream, with 424 ModelErrorException.
    case cut
    /// The connection is closed without a word, in the middle of a stream.
    case drop
    /// The reply doesn't say what it used.
    case noUsage = "no-usage"
  }

  package private(set) var rates: [Fault: Double] = [:]

  package init() {}

  /// - Returns: nil where a rate is out of range or the rates are more than 1 together.
  package init?(rates: [Fault: Double]) {
    guard rates.values.allSatisfy({ $0.isFinite && (0...1).contains($0) }), rates.values.reduce(0, +) <= 1.000_000_1 else {
      return nil
    }
    self.rates = rates.filter { $0.value > 0 }
  }

  /// The fault that befalls a request, if any; `draw` is uniform in 0..<1.
  func fault(at draw: Double) -> Fault? {
    guard !rates.isEmpty else { return nil }
    var edge = 0.0
    for fault in Fault.allCases {
      edge += rates[fault] ?? 0
      if draw < edge { return fault }
    }
    return nil
  }
}

extension FaultPlan.Fault {
  /// How it shows to the client, where it shows as an error reply.
  var reply: AWSFault? {
    switch self {
    case .internalServerError:
      AWSFault(
        code: "InternalServerException",
        message: "The system encountered an unexpected error during processing. Try your request again.",
        status: 500)
    case .serviceUnavailable:
      AWSFault(
        code: "ServiceUnavailableException", message: "Too many connections, please wait before trying again.", status: 503)
    case .modelNotReady:
      AWSFault(
        code: "ModelNotReadyException", message: "Model is not ready for inference. Wait and try your request again.", status: 429
      )
    case .modelTimeout:
      AWSFault(
        code: "ModelTimeoutException", message: "Model has timed out in processing the request. Try your request again.",
        status: 408)
    case .slow, .stall, .cut, .drop, .noUsage: nil
    }
  }
}
