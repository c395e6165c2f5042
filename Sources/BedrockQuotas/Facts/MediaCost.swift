/// The tokens that a model family counts for pictures, documents, films and recordings. Each figure is high rather than low.
package struct MediaCost: Decodable, Sendable, Equatable {
  /// The most tokens of one medium: more than any context window.
  package static let tokensMax = 10_000_000

  var provider: String?
  /// The model's name must have all of these words.
  var words: Set<String>?
  /// The model's version must be this one or a later one.
  var versionMin: String?
  /// Pixels of a picture for one token.
  var pixelsPerToken: Double
  /// The most tokens of a picture, because larger ones are scaled down.
  var pictureMax: Int
  /// The tokens of a page of a document.
  var pageTokens: Int
  /// The pages that are assumed for a document that the request only names.
  var pagesUnknown: Int
  var filmTokensPerSecond: Double
  /// The most tokens of a film, because longer ones are sampled less often.
  var filmMax: Int
  var recordingTokensPerSecond: Double
  var recordingMax: Int
  var source: String
  var asOf: String

  /// - Parameter size: width and height in pixels; nil if unknown.
  package func picture(_ size: (width: Double, height: Double)?) -> Int {
    guard let size else { return pictureMax }
    return min(Int(saturating: (size.width * size.height / pixelsPerToken).rounded(.up)), pictureMax)
  }

  /// - Parameter count: nil if unknown.
  package func pages(_ count: Int?) -> Int {
    min(max(count ?? pagesUnknown, 1), Self.tokensMax / max(pageTokens, 1)) * pageTokens
  }

  /// - Parameter seconds: nil if unknown.
  package func film(seconds: Double?) -> Int {
    seconds.map { min(Int(saturating: ($0 * filmTokensPerSecond).rounded(.up)), filmMax) } ?? filmMax
  }

  /// - Parameter seconds: nil if unknown.
  package func recording(seconds: Double?) -> Int {
    seconds.map { min(Int(saturating: ($0 * recordingTokensPerSecond).rounded(.up)), recordingMax) } ?? recordingMax
  }
}

extension Facts {
  /// What media cost for a model; the last row, which has no condition, holds for models without a row of their own.
  package func mediaCost(of model: ModelID?) -> MediaCost {
    let label = model.map { ModelLabel($0.nameAndRevision.name, providerWords: providerWords($0.provider)) }
    return media.first { row in
      guard row.provider != nil || row.words != nil || row.versionMin != nil else { return true }
      guard let model, let label else { return false }
      if let provider = row.provider, provider != model.provider { return false }
      if let words = row.words, !words.isSubset(of: label.words) { return false }
      guard let least = row.versionMin else { return true }
      return label.versions.contains { Self.compare($0, least) >= 0 }
    } ?? Facts.builtIn.mediaCost(of: model)
  }
}
