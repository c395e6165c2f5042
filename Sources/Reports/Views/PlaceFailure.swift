package import Bedquota

/// A place that could not be read, and why.
package struct PlaceFailure: Sendable {
  package var place: Place
  package var error: String

  package init(_ place: Place, error: String) {
    self.place = place
    self.error = error
  }

  /// `production us-east-1: …`
  package var words: String { place.words.isEmpty ? error : "\(place.words): \(error)" }
}
