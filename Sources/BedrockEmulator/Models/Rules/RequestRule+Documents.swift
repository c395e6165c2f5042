extension RequestRule {
  /// The documents that a request of Converse may have.
  private static let documentsMax = 5

  /// What Converse itself refuses about documents, for all models.
  static let documents: [RequestRule] = [
    RequestRule("more than five documents", .bedrock, "https://github.com/aws-samples/generative-ai-use-cases/issues/1685") {
      guard $0.form == .converse, $0.blocks.count(where: \.isDocument) > documentsMax else { return nil }
      return
        "You can't include more than \(documentsMax) documents in a request. Reduce the number of documents and retry your request."
    },
    RequestRule("two documents of a name", .bedrock, "https://github.com/maximhq/bifrost/issues/7003") { request in
      let names = documentNames(request)
      return Set(names).count < names.count
        ? "Messages can't contain duplicate document names. Rename the document and retry your request." : nil
    },
    RequestRule("a document without text", .bedrock, "https://github.com/maximhq/bifrost/pull/5817") { request in
      guard request.form == .converse,
        request.messages.contains(where: { $0.blocks.contains(where: \.isDocument) && !$0.blocks.contains(where: \.isText) })
      else { return nil }
      return "A text block must be included when using documents. Add a text block and retry your request."
    },
    RequestRule(
      "a document's name", .bedrock, "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html"
    ) { request in
      documentNames(request).allSatisfy(isDocumentName)
        ? nil
        : "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request."
    },
  ]

  private static func documentNames(_ request: RequestOutline) -> [String] {
    guard request.form == .converse else { return [] }
    return request.blocks.compactMap { if case .document(let name?) = $0.kind { name } else { nil } }
  }

  private static func isDocumentName(_ name: String) -> Bool {
    var before: Unicode.Scalar = "a"
    for scalar in name.unicodeScalars {
      let isSpace = scalar.properties.isWhitespace
      guard !isSpace || !before.properties.isWhitespace else { return false }
      let isAlphanumeric = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal)
      guard isSpace || isAlphanumeric || "-()[]".unicodeScalars.contains(scalar) else { return false }
      before = scalar
    }
    return true
  }

  /// The account has no guardrail.
  static let guardrails: [RequestRule] = [
    RequestRule(
      "a guardrail that doesn't exist", .bedrock,
      "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html"
    ) {
      $0.namesGuardrail ? "The guardrail identifier or version provided in the request does not exist." : nil
    }
  ]
}
