extension RequestRule {
  /// The limit of a picture in base64: 5 MiB, which are 3.75 MiB of bytes.
  private static let pictureMax = 5 * 1_024 * 1_024
  /// The limit of a picture's width and height, in pixels; and if there are many.
  private static let (sideMax, sideMaxOfMany) = (8_000, 2_000)
  /// Pictures above this number are many. Converse takes no more of them, by its documentation and the first source below; newer
  /// models have been seen to.
  private static let pictureCount = 20

  /// What Claude refuses about pictures.
  static let pictures: [RequestRule] = [
    RequestRule("too many pictures", .model, "https://github.com/boto/boto3/issues/4632") { request in
      guard request.claude != nil, request.form != .other else { return nil }
      let (pictures, documents) = (request.blocks.count(where: \.isPicture), request.blocks.count(where: \.isDocument))
      let most = request.form == .converse ? pictureCount : request.contextWindow ?? 0 >= 1_000_000 ? 600 : 100
      return pictures + documents > most ? "too many images and documents: \(pictures) + \(documents) > \(most)" : nil
    },
    RequestRule(
      "a picture of more than 3.75 MiB", .model,
      "https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/issues/778"
    ) { request in
      for (path, base64) in base64(request) where base64.utf8.count > pictureMax {
        let place = request.form == .converse ? "bytes" : "base64"
        return "\(path).image.source.\(place): image exceeds 5 MB maximum: \(base64.utf8.count) bytes > \(pictureMax) bytes"
      }
      return nil
    },
    RequestRule("a picture of more than 8,000 pixels", .model, "https://github.com/anthropics/claude-code/issues/5147") {
      request in
      let isMany = request.blocks.count(where: \.isPicture) > pictureCount
      let most = isMany ? sideMaxOfMany : sideMax
      for (path, base64) in base64(request) {
        guard let size = PictureSize(base64: base64), max(size.width, size.height) > most else { continue }
        let place = request.form == .converse ? "bytes" : "base64.data"
        return
          "\(path).image.source.\(place): At least one of the image dimensions exceed max allowed size\(isMany ? " for many-image requests" : ""): \(most) pixels"
      }
      return nil
    },
  ]

  /// The pictures of a request to Claude, in base64.
  private static func base64(_ request: RequestOutline) -> [(path: String, base64: String)] {
    guard request.claude != nil else { return [] }
    return request.blocks.compactMap { if case .picture(let base64?) = $0.kind { ($0.path, base64) } else { nil } }
  }
}
