package import AWSServer
import BedrockQuotas

/// How a request beyond its caller's budget is refused: at once, and so that no SDK tries again. A 429 would make all of them hammer.
package enum BudgetRefusal {
  package static func fault(_ excess: CallerBudget.Excess, of caller: Caller, for service: ServedService) -> AWSFault {
    let what =
      switch excess.measure {
      case .tokens:
        "The request can cost \(figure(excess.needed)) quota tokens, and \(figure(excess.left)) of the \(figure(excess.limit)) that the key '\(caller.name)' may use in a day of UTC are left; a lower max_tokens costs less."
      case .requests: "The key '\(caller.name)' has made the \(figure(excess.limit)) requests that it may make in a day of UTC."
      }
    let minutes = (excess.resetsIn + 59) / 60
    let message =
      "\(what) The next day begins in \(minutes / 60) h \(minutes % 60) min; whoever runs the gateway can raise the budget."
    // AWS has this code for a quota that waiting doesn't help, in InvokeModel and Converse only.
    return service == .bedrock
      ? AWSFault(code: "ServiceQuotaExceededException", message: message, status: 400)
      : AWSFault(code: "AccessDeniedException", message: message, status: 403, isModelled: false)
  }

  private static func figure(_ number: Int64) -> String { NumberText.whole(Double(number)) }
}

extension Caller {
  /// The refusal of an id that the caller may not invoke.
  package func modelRefusal(_ id: String) -> AWSFault {
    AWSFault(
      code: "AccessDeniedException",
      message: "The key '\(name)' may not invoke \(id.prefix(200)); whoever runs the gateway can add it to the key's models.",
      status: 403, isModelled: true)
  }
}
