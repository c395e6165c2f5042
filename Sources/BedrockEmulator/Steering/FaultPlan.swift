import AWSServer

/// The faults to inject, with their rates: shares of the admitted requests, from 0 to 1, with a sum of at most 1.
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
    /// Ten times the usual latency and time per token.
    case slow
    /// A pause of ten minutes in the middle of the reply.
    case stall
    /// A stream ends in the middle with modelStreamErrorException; other replies are 424 ModelErrorException.
    case cut
    /// The connection is closed: in the middle of a stream, otherwise without a reply.
    case drop
    /// The reply has no token usage.
    case noUsage = "no-usage"
    /// As `cut`, with throttlingException; other replies are 429 ThrottlingException.
    case cutThrottling = "cut-throttling"
    /// As `cut`, with serviceUnavailableException; other replies are 503 ServiceUnavailableException.
    case cutUnavailable = "cut-unavailable"
    /// As `cut`, with internalServerException; other replies are 500 InternalServerException.
    case cutInternal = "cut-internal"
  }

  package private(set) var rates: [Fault: Double] = [:]

  package init() {}

  /// nil if a rate is out of range or the sum is more than 1.
  package init?(rates: [Fault: Double]) {
    guard rates.values.allSatisfy({ $0.isFinite && (0...1).contains($0) }), rates.values.reduce(0, +) <= 1.000_000_1 else {
      return nil
    }
    self.rates = rates.filter { $0.value > 0 }
  }

  /// The fault of a request, if any.
  /// - Parameter draw: a random number, uniform in 0..<1.
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
  /// The error reply of the fault; nil for faults that aren't error replies.
  var reply: AWSFault? {
    switch self {
    case .internalServerError: RuntimeError.internalServer.fault()
    case .serviceUnavailable: RuntimeError.serviceUnavailable.fault()
    case .modelNotReady: RuntimeError.modelNotReady.fault()
    case .modelTimeout: RuntimeError.modelTimeout.fault()
    case .slow, .stall, .cut, .drop, .noUsage, .cutThrottling, .cutUnavailable, .cutInternal: nil
    }
  }
}
