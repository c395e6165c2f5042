import RealModule

/// Finds the line between accepted and throttled trials: a trial is accepted if `features · β + offset` is above 0, give or take
/// some
/// noise.
///
/// Logistic regression with at most four coefficients and a noise of known size (Cox, 1958), by Newton's method. The
/// log-likelihood is concave, so there is one maximum.
struct BoundaryFit: Sendable {
  struct Row: Sendable {
    var features: [Double]
    var offset: Double
    var isAccepted: Bool
    var weight: Double
  }

  /// The prior of each coefficient: normal about 0, with this precision (1 ÷ variance).
  private(set) var precisions: [Double]
  private(set) var coefficients: [Double]
  /// The covariance of the coefficients; infinite if the rows don't determine them.
  private(set) var covariance: [[Double]] = []
  private(set) var logLikelihood = -Double.infinity
  private(set) var noise = 1.0

  /// - Parameters:
  ///   - start: where to begin.
  ///   - noises: sizes of the noise to choose from.
  init(_ rows: [Row], start: [Double], precisions: [Double], noises: [Double]) {
    self.precisions = precisions
    coefficients = start
    var best: BoundaryFit?
    var fit = self
    // The noises are tried from the largest down, and each solution is the start for the next. The likelihood of a small noise is
    // flat far from its narrow peak.
    let least = noises.max() ?? 1
    var first = fit.worst(rows) / 4
    while first > least {
      fit.noise = first
      fit.solve(rows)
      first = min(first / 3, fit.worst(rows) / 4)
    }
    for noise in noises.sorted(by: >) {
      fit.noise = noise
      fit.solve(rows)
      if best.map({ fit.logLikelihood > $0.logLikelihood }) ?? true { best = fit }
    }
    if let best { self = best }
  }

  /// How far the farthest row lies on the wrong side.
  private func worst(_ rows: [Row]) -> Double {
    var worst = 0.0
    for row in rows {
      var z = row.offset
      for index in coefficients.indices { z += row.features[index] * coefficients[index] }
      worst = max(worst, row.isAccepted ? -z : z)
    }
    return worst
  }

  private func objective(_ rows: [Row], _ beta: [Double]) -> Double {
    var sum = 0.0
    for row in rows {
      var z = row.offset
      for index in beta.indices { z += row.features[index] * beta[index] }
      sum += row.weight * Self.logProbability(z / noise, row.isAccepted)
    }
    for index in beta.indices { sum -= precisions[index] * beta[index] * beta[index] / 2 }
    return sum
  }

  /// Log-probability of an answer at `z` noises above the line.
  static func logProbability(_ z: Double, _ isAccepted: Bool) -> Double {
    let signed = isAccepted ? z : -z
    return signed < -Tuning.Fits.saturation ? signed : signed > Tuning.Fits.saturation ? 0 : -.log(onePlus: .exp(-signed))
  }

  private mutating func solve(_ rows: [Row]) {
    logLikelihood = objective(rows, coefficients)
    for _ in 0..<Tuning.Fits.stepsMax {
      let (gradient, hessian) = derivatives(rows)
      guard let inverse = Self.inverse(hessian) else { break }
      let step = inverse.map { row in zip(row, gradient).reduce(0) { $0 + $1.0 * $1.1 } }
      var size = 1.0
      var gain = 0.0
      while size > Tuning.Fits.stepMin {
        let trial = zip(coefficients, step).map { $0 + size * $1 }
        let value = objective(rows, trial)
        if value > logLikelihood {
          gain = value - logLikelihood
          (coefficients, logLikelihood) = (trial, value)
          break
        }
        size /= 2
      }
      if gain < Tuning.Fits.gainMin { break }
    }
    covariance =
      Self.inverse(derivatives(rows).hessian)
      ?? Array(repeating: Array(repeating: .infinity, count: coefficients.count), count: coefficients.count)
  }

  private func derivatives(_ rows: [Row]) -> (gradient: [Double], hessian: [[Double]]) {
    let (count, limit) = (coefficients.count, Tuning.Fits.saturation)
    var gradient = [Double](repeating: 0, count: count)
    var hessian = [[Double]](repeating: gradient, count: count)
    for row in rows {
      var z = row.offset
      for index in 0..<count { z += row.features[index] * coefficients[index] }
      let p = 1 / (1 + Double.exp(-min(max(z / noise, -limit), limit)))
      let slope = row.weight * ((row.isAccepted ? 1 : 0) - p) / noise
      let bend = row.weight * p * (1 - p) / (noise * noise)
      for i in 0..<count {
        gradient[i] += slope * row.features[i]
        for j in 0...i { hessian[i][j] += bend * row.features[i] * row.features[j] }
      }
    }
    for i in 0..<count {
      gradient[i] -= precisions[i] * coefficients[i]
      hessian[i][i] += precisions[i]
      for j in 0..<i { hessian[j][i] = hessian[i][j] }
    }
    return (gradient, hessian)
  }

  /// The inverse by Gauss–Jordan elimination with pivots; nil if there is none.
  static func inverse(_ matrix: [[Double]]) -> [[Double]]? {
    let count = matrix.count
    var rows = matrix.indices.map { row in matrix[row] + (0..<count).map { $0 == row ? 1.0 : 0.0 } }
    for column in 0..<count {
      guard let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > 1e-14
      else { return nil }
      rows.swapAt(pivot, column)
      let lead = rows[column][column]
      rows[column] = rows[column].map { $0 / lead }
      for row in 0..<count where row != column {
        let factor = rows[row][column]
        for index in rows[row].indices { rows[row][index] -= factor * rows[column][index] }
      }
    }
    return rows.map { Array($0[count...]) }
  }
}

extension BoundaryFit {
  /// The line through the rows by least squares; rows at changes from accepted to throttled lie on it.
  static func leastSquares(_ rows: [Row], dimensions: Int, precisions: [Double]) -> [Double] {
    var matrix = (0..<dimensions).map { i in (0..<dimensions).map { $0 == i ? precisions[i] + Tuning.Fits.ridge : 0.0 } }
    var target = [Double](repeating: 0, count: dimensions)
    for row in rows {
      for i in 0..<dimensions {
        target[i] -= row.features[i] * row.offset
        for j in 0..<dimensions { matrix[i][j] += row.features[i] * row.features[j] }
      }
    }
    guard let inverse = inverse(matrix) else { return target.map { _ in 0 } }
    return inverse.map { row in zip(row, target).reduce(0) { $0 + $1.0 * $1.1 } }
  }
}
