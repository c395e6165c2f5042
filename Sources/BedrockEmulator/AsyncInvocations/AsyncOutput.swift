import AWSWire

/// What a model writes to S3 when an asynchronous invocation has completed: files under `{s3Uri}/{invocation id}/`, with made-up
/// vectors, and videos without a picture.
struct AsyncOutput {
  let model: AsyncModel
  let modelInput: JSONValue
  /// The folder of the invocation.
  let folder: S3Location
  let seed: UInt64

  func write(to s3: S3Folder) throws(S3Folder.Problem) {
    for (name, bytes) in files {
      var writer = try s3.write(folder.appending(name))
      try writer.write(bytes)
      try writer.finish()
    }
  }

  private var files: [(name: String, bytes: [UInt8])] {
    switch model {
    case .novaEmbeddings: return novaEmbeddings
    case .marengo:
      let kind = modelInput["inputType"]?.string ?? "text"
      let data: JSONValue = ["data": [["embedding": JSONValue(vector(512)), "embeddingOption": .string(kind)]]]
      return [("output.json", Array(data.data))]
    case .reel:
      let status: JSONValue = [
        "schemaVersion": "1.0.0", "shots": [], "fullVideo": ["status": "SUCCESS", "location": .string(video.uri)],
      ]
      return [("output.mp4", Self.emptyVideo), ("video-generation-status.json", Array(status.data))]
    case .ray: return [("output.mp4", Self.emptyVideo)]
    }
  }

  private var video: S3Location { folder.appending("output.mp4") }

  /// One vector, whatever the length of the input.
  private var novaEmbeddings: [(name: String, bytes: [UInt8])] {
    let parameters = modelInput["segmentedEmbeddingParams"] ?? modelInput["singleEmbeddingParams"]
    let dimension = parameters?["embeddingDimension"]?.integer ?? 3_072
    let kind = ["text", "image", "audio", "video"].first { parameters?[$0] != nil } ?? "text"
    let name = "embedding-\(kind).jsonl"
    let line: JSONValue = [
      "embedding": JSONValue(vector(min(max(dimension, 1), 3_072))), "segmentMetadata": ["segmentIndex": 0], "status": "SUCCESS",
    ]
    let result: JSONValue = [
      "embeddingDimension": .integer(dimension),
      "embeddingResults": [
        [
          "embeddingType": .string(kind.uppercased()), "status": "SUCCESS",
          "outputFileUri": .string(folder.appending(name).uri),
        ]
      ],
    ]
    return [(name, Array(line.data) + [UInt8(ascii: "\n")]), ("segmented-embedding-result.json", Array(result.data))]
  }

  /// A unit vector.
  private func vector(_ dimension: Int) -> [Double] {
    var random = SplitMix64(seed: seed)
    let values = (0..<dimension).map { _ in 2 * random.unit() - 1 }
    let length = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), .leastNormalMagnitude)
    return values.map { ($0 / length * 1e8).rounded() / 1e8 }
  }

  /// The first box of an MP4 file, which names its format, and nothing after it.
  private static let emptyVideo: [UInt8] = [0, 0, 0, 24] + Array("ftypmp42".utf8) + [0, 0, 0, 0] + Array("mp42isom".utf8)
}
