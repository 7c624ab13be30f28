using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Scene;

/// <summary>A camera that turns around a point; all lengths in micrometres.</summary>
public sealed record Camera
{
    /// <summary>Height of a fitted picture over what it shows.</summary>
    public const double Margin = 1.12;

    /// <summary>The point it looks at and turns around.</summary>
    public PointUm Target { get; init; }

    /// <summary>Degrees around the upright axis; 0 looks along z (along y where z is up).</summary>
    public double Azimuth { get; init; }

    /// <summary>Degrees above the horizon, -90 to 90.</summary>
    public double Elevation { get; init; }

    /// <summary>Degrees around the line of sight.</summary>
    public double Roll { get; init; }

    /// <summary>Height of the picture at the target.</summary>
    public double HeightUm { get; init; } = 100;

    /// <summary>Angle of view from bottom to top in degrees; 0, the default, is a parallel projection, in which lengths can be measured.</summary>
    public double PerspectiveDegrees { get; init; }

    /// <summary>The axis that stands upright. Default y, as in the planes.</summary>
    public UpAxis Up { get; init; }

    /// <summary>A camera that sees all of a volume from somewhere.</summary>
    /// <param name="grid">The volume.</param>
    /// <param name="preset">From where.</param>
    /// <param name="aspect">Width of the picture over its height.</param>
    /// <param name="up">The axis that stands upright.</param>
    /// <param name="perspectiveDegrees">Angle of view; 0 for a parallel projection.</param>
    public static Camera For(VolumeGrid grid, CameraPreset preset, double aspect, UpAxis up = UpAxis.Y, double perspectiveDegrees = 0)
    {
        (double azimuth, double elevation) = (preset, up) switch
        {
            (CameraPreset.Front, UpAxis.Y) => (0, 0),
            (CameraPreset.Back, UpAxis.Y) => (180, 0),
            (CameraPreset.Left, UpAxis.Y) => (90, 0),
            (CameraPreset.Right, UpAxis.Y) => (-90, 0),
            (CameraPreset.Top, UpAxis.Y) => (0, 90),
            (CameraPreset.Bottom, UpAxis.Y) => (0, -90),
            (CameraPreset.Front, UpAxis.Z) => (0, -90),
            (CameraPreset.Back, UpAxis.Z) => (0, 90),
            (CameraPreset.Left, UpAxis.Z) => (90, 0),
            (CameraPreset.Right, UpAxis.Z) => (-90, 0),
            (CameraPreset.Top, UpAxis.Z) => (0, 0),
            (CameraPreset.Bottom, UpAxis.Z) => (180, 0),
            _ => (32.0, 28.0),
        };
        return new Camera { Target = grid.CentreUm, Azimuth = azimuth, Elevation = elevation, Up = up, PerspectiveDegrees = perspectiveDegrees }.Fit(grid, aspect);
    }

    /// <summary>The same direction, with all of a volume in the picture.</summary>
    /// <param name="grid">The volume.</param>
    /// <param name="aspect">Width of the picture over its height.</param>
    public Camera Fit(VolumeGrid grid, double aspect) => Fit(default, grid.SizeUm, aspect);

    /// <summary>The same direction, with all of a box in the picture and a margin around it.</summary>
    /// <param name="low">One corner.</param>
    /// <param name="high">The other.</param>
    /// <param name="aspect">Width of the picture over its height.</param>
    public Camera Fit(PointUm low, PointUm high, double aspect)
    {
        CameraFrame frame = CameraFrame.Of(this);
        PointUm half = (high - low) * 0.5;
        double Extent(PointUm axis) => 2 * (Math.Abs(axis.Z) * half.Z + Math.Abs(axis.Y) * half.Y + Math.Abs(axis.X) * half.X);
        double height = Math.Max(Extent(frame.Up), Extent(frame.Right) / aspect);
        if (PerspectiveDegrees > 0)
            height += Extent(frame.Forward) * Math.Tan(PerspectiveDegrees * Math.PI / 360);      // what is nearer looks larger
        return this with { Target = low + half, HeightUm = height * Margin };
    }

    /// <summary>Refuses what is no camera.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void Validate()
    {
        if (!(HeightUm > 0) || !double.IsFinite(HeightUm))
            throw new ArgumentOutOfRangeException(nameof(HeightUm), $"a camera's height of view must be above 0 um; got {HeightUm}.");
        if (!(PerspectiveDegrees is >= 0 and <= 120))
            throw new ArgumentOutOfRangeException(nameof(PerspectiveDegrees), $"a camera's perspective must be 0 to 120 degrees; got {PerspectiveDegrees}.");
        if (!(Elevation is >= -90 and <= 90) || !double.IsFinite(Azimuth) || !double.IsFinite(Roll))
            throw new ArgumentOutOfRangeException(nameof(Elevation), $"a camera's elevation must be -90 to 90 degrees, its other angles finite; got {Azimuth}, {Elevation}, {Roll}.");
    }
}
