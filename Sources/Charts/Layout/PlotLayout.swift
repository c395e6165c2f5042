/// The positions of a plot's parts.
struct PlotLayout: Sendable {
  let header: Header
  /// The area of the data, in whole SVG units, so that they coincide with pixels.
  let frame: Box
  let base: BaseAxis
  /// nil if there is no data.
  let value: ValueAxis?
  let margins: Margins
}
