import Bedquota

/// The columns that tell the places of a table's rows: none where only one place is read.
struct PlaceColumns {
  let names: [String]

  init(_ places: [Place?]) {
    let known = places.compactMap(\.self)
    names = (known.contains { $0.account != nil } ? ["account"] : []) + (known.isEmpty ? [] : ["region"])
  }

  var columns: [Table.Column] { names.map { .text($0) } }

  func cells(_ place: Place?) -> [String] { names.map { $0 == "account" ? place?.account ?? "" : place?.region ?? "" } }

  func cells(_ report: UsageReport) -> [String] { cells(report.place) }
}
