namespace Cellpose3D.Tracking.Detections;

/// <summary>Central second moments of a cell's voxels, in square micrometres: the covariance of their places.</summary>
/// <param name="Zz">Variance along Z.</param>
/// <param name="Yy">Variance along Y.</param>
/// <param name="Xx">Variance along X.</param>
/// <param name="Zy">Covariance of Z and Y.</param>
/// <param name="Zx">Covariance of Z and X.</param>
/// <param name="Yx">Covariance of Y and X.</param>
public readonly record struct Moments(float Zz, float Yy, float Xx, float Zy, float Zx, float Yx);
