/// Finds, among the ids that an account lists, those that an unlisted one may mean.
///
/// Ids are compared without their geography, and also without what people leave out: the revision (`:0`, `-v1:0`) and the date
/// before it. Of equally near ids, one of the same geography comes first, then other geographies, `global.`, and bare model ids.
package struct NearestIDs {
  /// An id that is longer than this is compared by its beginning only; no model's id is as long.
  private static let lengthMax = 120

  private let listed: [(id: String, spelling: Spelling)]

  package init(_ ids: [String]) { listed = ids.map { ($0, Spelling($0)) } }

  /// The nearest ids, the nearest first; empty if none is near.
  /// - Parameters:
  ///   - text: an id, an ARN or a name, perhaps misspelt.
  ///   - limit: the most ids to return.
  package func callAsFunction(_ text: String, limit: Int = 3) -> [String] {
    let wanted = Spelling(text)
    let farthest = max(2, wanted.forms[0].count / 6)
    let near = listed.compactMap { id, spelling -> (distance: Int, rank: Int, id: String)? in
      guard id != text, let distance = wanted.distance(to: spelling, max: farthest) else { return nil }
      return (distance, wanted.rank(of: spelling), id)
    }.sorted { ($0.distance, $0.rank, $0.id) < ($1.distance, $1.rank, $1.id) }
    guard let best = near.first else { return [] }
    return near.prefix(limit).filter { $0.distance <= best.distance + 1 }.map(\.id)
  }

  /// An id as it is compared.
  private struct Spelling {
    /// The part before the model; nil for a bare id.
    let geography: String?
    /// The id without its geography, as it is and with less and less of its end.
    let forms: [[UInt8]]
    let words: Set<Substring>

    init(_ text: String) {
      let last = text.hasPrefix("arn:") ? text.split(separator: "/").last.map(String.init) ?? text : text
      let id = last.lowercased().prefix(NearestIDs.lengthMax)
      let parts = id.split(separator: ".")
      // "us.amazon.nova-pro-v1:0": a version such as 3.5 has a dot as well, but a digit before it.
      let isProfile = parts.count > 2 && parts[1].allSatisfy { $0.isLetter || $0.isNumber } && parts[0].count <= 8
      geography = isProfile ? String(parts[0]) : nil
      let body = isProfile ? id.dropFirst(parts[0].count + 1) : id
      words = Set(body.split { !$0.isLetter && !$0.isNumber })
      let release = body.prefix { $0 != ":" }
      var tokens = release.split(separator: "-")
      if tokens.count > 1, let version = tokens.last, version.first == "v", version.dropFirst().allSatisfy(\.isNumber) {
        tokens.removeLast()
      }
      let unversioned = tokens.joined(separator: "-")
      if tokens.count > 1, let date = tokens.last, date.count == 8, date.allSatisfy(\.isNumber) { tokens.removeLast() }
      let undated = tokens.joined(separator: "-")
      var forms: [[UInt8]] = []
      for form in [String(body), String(release), unversioned, undated] where !forms.contains(Array(form.utf8)) {
        forms.append(Array(form.utf8))
      }
      self.forms = forms
    }

    /// Letters to change, and one more if something is left out of either id; nil if it is more than `max`.
    func distance(to other: Spelling, max: Int) -> Int? {
      var best = !words.isEmpty && words.isSubset(of: other.words) ? 1 : Int.max
      for (place, form) in forms.enumerated() {
        for (otherPlace, otherForm) in other.forms.enumerated() where abs(form.count - otherForm.count) <= max {
          let isShortened = place > 0 || otherPlace > 0
          best = min(best, EditDistance.between(form, otherForm) + (isShortened ? 1 : 0))
        }
      }
      return best <= max ? best : nil
    }

    func rank(of other: Spelling) -> Int {
      guard let theirs = other.geography else { return geography == nil ? 0 : 4 }
      guard let geography else { return theirs == "global" ? 2 : 1 }
      if geography == theirs { return 0 }
      let isMisspelt =
        !InferenceProfileID.knownGeographies.contains(geography)
        && EditDistance.between(Array(geography.utf8), Array(theirs.utf8)) <= 2
      return isMisspelt ? 1 : theirs == "global" ? 3 : 2
    }
  }
}
