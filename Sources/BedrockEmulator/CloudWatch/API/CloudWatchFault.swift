import AWSServer

/// CloudWatch's errors, each with its code in the API model and its code in the query protocol, which clients show.
enum CloudWatchFault {
  static func invalidValue(_ message: String) -> AWSFault {
    AWSFault(code: "InvalidParameterValueException", message: message, status: 400, queryCode: "InvalidParameterValue")
  }

  static func missing(_ parameter: String) -> AWSFault {
    AWSFault(
      code: "MissingRequiredParameterException", message: "The parameter \(parameter) is required.", status: 400,
      queryCode: "MissingParameter")
  }

  static func invalidCombination(_ message: String) -> AWSFault {
    AWSFault(
      code: "InvalidParameterCombinationException", message: message, status: 400, queryCode: "InvalidParameterCombination")
  }

  static func invalidToken() -> AWSFault {
    AWSFault(
      code: "InvalidNextToken", message: "The next token specified is invalid.", status: 400, queryCode: "InvalidNextToken")
  }

  static func limitExceeded(_ message: String) -> AWSFault {
    AWSFault(code: "LimitExceededFault", message: message, status: 400, queryCode: "LimitExceeded")
  }

  static func notFound(_ message: String) -> AWSFault {
    AWSFault(code: "ResourceNotFound", message: message, status: 404, queryCode: "ResourceNotFound")
  }

  /// The fault of operations whose API model has no error for invalid input.
  static func validation(_ message: String) -> AWSFault {
    AWSFault(code: "ValidationError", message: message, status: 400, isModelled: false, queryCode: "ValidationError")
  }

  static func serialization(_ message: String) -> AWSFault {
    AWSFault(code: "SerializationException", message: message, status: 400, isModelled: false)
  }
}
