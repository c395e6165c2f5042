/// What a member knows of the others: how many wait, and how large their bundles are.
struct DynamoCrowd: Sendable {
  /// Members that wait, this one included; at least 1.
  var waiting: Int64
  /// What a bundle usually costs, in microseconds of the quota.
  var bundle: Int64

  /// Bundles from which the mean is taken.
  private static let samplesMin: Int64 = 20
  private static let samplesMax: Int64 = 500

  /// The mean of the bundles between two looks at an item.
  struct Mean: Sendable {
    private var since: (grants: Int64, total: Int64)?
    private(set) var bundle: Int64?

    mutating func saw(_ item: DynamoItem) {
      guard let since, item.grants >= since.grants, item.total >= since.total else {
        self.since = (item.grants, item.total)
        if item.grants > 0 { bundle = item.total / item.grants }
        return
      }
      let grants = item.grants - since.grants
      if grants >= DynamoCrowd.samplesMin { bundle = (item.total - since.total) / grants }
      if grants >= DynamoCrowd.samplesMax { self.since = (item.grants, item.total) }
    }
  }
}
