import AWSWire

/// What a model writes to S3 when an asynchronous invocation has completed: files under `{s3Uri}/{invocation id}/`, with made-up
/// vectors, and videos without a picture.
struct AsyncOutput: Sendable {
  /// The folder of the invocation.
  private let folder: S3Location
  private let files: [(name: String, bytes: [UInt8])]

  /// Makes the files at once, so that nothing holds the request's input, which may be large, until the end.
  init(model: AsyncModel, modelInput: JSONValue, folder: S3Location, seed: UInt64) {
    self.folder = folder
    func vector(_ dimensions: Int) -> JSONValue {
      var random = SplitMix64(seed: seed)
      return JSONValue(random.unitVector(dimensions: dimensions))
    }
    switch model {
    case .novaEmbeddings: files = Self.novaEmbeddings(modelInput, in: folder, vector)
    case .marengo:
      let kind = modelInput["inputType"]?.string ?? "text"
      let data: JSONValue = ["data": [["embedding": vector(512), "embeddingOption": .string(kind)]]]
      files = [("output.json", Array(data.data))]
    case .reel:
      let video = folder.appending("output.mp4")
      let status: JSONValue = [
        "schemaVersion": "1.0.0", "shots": [], "fullVideo": ["status": "SUCCESS", "location": .string(video.uri)],
      ]
      files = [("output.mp4", Self.emptyVideo), ("video-generation-status.json", Array(status.data))]
    case .ray: files = [("output.mp4", Self.emptyVideo)]
    }
  }

  func write(to s3: S3Folder) throws(S3Folder.Problem) {
    for (name, bytes) in files {
      var writer = try s3.write(folder.appending(name))
      try writer.write(bytes)
      try writer.finish()
    }
  }

  /// One vector, whatever the length of the input.
  private static func novaEmbeddings(
    _ modelInput: JSONValue, in folder: S3Location, _ vector: (_ dimensions: Int) -> JSONValue
  ) -> [(name: String, bytes: [UInt8])] {
    let parameters = modelInput["segmentedEmbeddingParams"] ?? modelInput["singleEmbeddingParams"]
    let dimension = parameters?["embeddingDimension"]?.integer ?? 3_072
    let kind = ["text", "image", "audio", "video"].first { parameters?[$0] != nil } ?? "text"
    let name = "embedding-\(kind).jsonl"
    let line: JSONValue = [
      "embedding": vector(min(max(dimension, 1), 3_072)), "segmentMetadata": ["segmentIndex": 0], "status": "SUCCESS",
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

  /// The first box of an MP4 file, which names its format, and nothing after it.
  private static let emptyVideo: [UInt8] = [0, 0, 0, 24] + Array("ftypmp42".utf8) + [0, 0, 0, 0] + Array("mp42isom".utf8)
}
