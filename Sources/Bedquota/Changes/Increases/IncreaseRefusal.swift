import AWSWire
import BedrockQuotas

/// What AWS's refusal of a request to increase a quota means, and what to do. Pure.
enum IncreaseRefusal {
  /// The error with its own sentence; errors that say what to do already are left as they are.
  static func explained(_ error: AWSClientError, quota: Quota) -> AWSClientError {
    var explained = error
    if let service = error.service {
      guard !error.isDenied, !error.explains, let words = words(service, quota) else { return error }
      explained.message = "\(words)\(said(service))"
      explained.explains = true
      return explained
    }
    switch error.code {
    case .transport where error.delivery != .sent:
      explained.message = "\(error.message) Nothing was sent."
    case .transport, .timeout, .response:
      // Its advice is to try again, which might file a second request.
      let fact = error.message.firstRange(of: "; try again").map { "\(error.message[..<$0.lowerBound])." } ?? error.message
      explained.message =
        "\(fact) AWS may have received the request, so it is not sent again: look at the status of the quota's requests before you repeat it."
      explained.parameters = []
    default: break
    }
    return explained
  }

  private static func words(_ service: AWSClientError.Service, _ quota: Quota) -> String? {
    switch service.code {
    case "ResourceAlreadyExistsException":
      "\(quota.code) has an open request already, and AWS takes one at a time. Wait for its answer, or write to its support case."
    case "QuotaExceededException":
      "The account has as many open requests as AWS allows (\(IncreaseDesign.openMax), and in some Regions \(IncreaseDesign.openMaxOfOptInRegion)). Wait for an answer to one of them."
    case "InvalidResourceStateException":
      "\(quota.code) is in a state in which AWS takes no request. Look at its earlier requests, and try again later."
    case "NoSuchResourceException":
      "Service Quotas doesn't know \(quota.code) in this Region. Check the Region."
    case "IllegalArgumentException": "AWS doesn't take this value for \(quota.code)."
    case "DependencyAccessDeniedException":
      "Service Quotas may not use a service that it depends on for this request, such as AWS Support or AWS Organizations. Allow it there (a policy of the organization may deny it), or use the limit increase form of AWS Support."
    case "TooManyRequestsException":
      "Service Quotas is called too often. Nothing was filed, and nothing is sent again by itself: repeat the command in a minute."
    case _ where service.status >= 500:
      "Service Quotas failed. Whether it filed the request is not certain: look at the status of the quota's requests before you repeat it."
    default: nil
    }
  }

  private static func said(_ service: AWSClientError.Service) -> String {
    let message = service.message.isEmpty ? "" : ": \(service.message)"
    return " (\(service.code)\(message))"
  }
}
