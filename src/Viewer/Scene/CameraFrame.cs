using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Scene;

/// <summary>A camera's directions in the volume, each of length 1 and at right angles to the others.</summary>
/// <param name="Right">To the picture's right.</param>
/// <param name="Up">To the picture's top.</param>
/// <param name="Forward">Away from the viewer.</param>
/// <param name="Eye">Where a perspective's rays start; in a parallel projection the middle of a plane before the volume.</param>
public readonly record struct CameraFrame(PointUm Right, PointUm Up, PointUm Forward, PointUm Eye)
{
    /// <summary>The directions of a camera.</summary>
    /// <param name="camera">The camera.</param>
    /// <remarks>x right, y down and z away from the viewer are right-handed, so no view mirrors the volume.</remarks>
    public static CameraFrame Of(Camera camera)
    {
        (double sa, double ca) = Math.SinCos(camera.Azimuth * Math.PI / 180);
        (double se, double ce) = Math.SinCos(camera.Elevation * Math.PI / 180);
        (double sr, double cr) = Math.SinCos(camera.Roll * Math.PI / 180);
        PointUm right, up, forward;
        if (camera.Up == UpAxis.Y)
        {
            right = new PointUm(-sa, 0, ca);
            forward = new PointUm(ce * ca, se, ce * sa);
            up = new PointUm(se * ca, -ce, se * sa);
        }
        else
        {
            right = new PointUm(0, -sa, ca);
            forward = new PointUm(-se, ce * ca, ce * sa);
            up = new PointUm(ce, se * ca, se * sa);
        }
        (right, up) = (right * cr + up * sr, up * cr + right * -sr);
        double distance = camera.PerspectiveDegrees > 0 ? camera.HeightUm / 2 / Math.Tan(camera.PerspectiveDegrees * Math.PI / 360) : 0;
        return new CameraFrame(right, up, forward, camera.Target - forward * distance);
    }

    /// <summary>The scalar product.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">Other.</param>
    public static double Dot(PointUm a, PointUm b) => a.Z * b.Z + a.Y * b.Y + a.X * b.X;
}
