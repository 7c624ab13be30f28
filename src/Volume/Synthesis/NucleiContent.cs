namespace Cellpose3D.Volume.Synthesis;

/// <summary>Nuclei that share the space: where two bodies overlap, a voxel belongs to the one it lies deeper in.</summary>
internal sealed class NucleiContent(IReadOnlyList<Nucleus> nuclei, SolidTexture bumps, double softness) : IVolumeContent
{
    private readonly Body[] _bodies = [.. nuclei.Select(n => n.Body)];

    public int Channels => 1;

    /// <inheritdoc/>
    public void Paint(double z, PlaneCanvas canvas)
    {
        Claim(z, canvas, _bodies, bumps, softness);
        int at = 0;
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++, at++)
            {
                if (canvas.Owner[at] == 0)
                    continue;
                Nucleus nucleus = nuclei[canvas.Owner[at] - 1];
                var place = new Point3(z, y - canvas.Margin, x - canvas.Margin);
                canvas.Light[0][at] = nucleus.Light(place, nucleus.Body.Local(place), canvas.Depth[at]);
                if (canvas.Depth[at] >= 0)
                    canvas.Owner[at] = 0;                                // the soft edge shines, but is not part of the cell
            }
        }
    }

    /// <summary>Gives every pixel in or just outside a body to the body it lies deepest in, and stores how deep.</summary>
    internal static void Claim(double z, PlaneCanvas canvas, IReadOnlyList<Body> bodies, SolidTexture bumps, double softness)
    {
        Array.Fill(canvas.Depth, float.MaxValue);
        for (int n = 0; n < bodies.Count; n++)
        {
            Body body = bodies[n];
            double reach = body.Reach + softness, dz = z - body.Centre.Z;
            if (Math.Abs(dz) >= reach)
                continue;
            double half = Math.Sqrt(reach * reach - dz * dz), edge = softness / body.SmallestRadius;
            int y0 = Math.Max(0, (int)Math.Ceiling(body.Centre.Y - half) + canvas.Margin), y1 = Math.Min(canvas.Height - 1, (int)Math.Floor(body.Centre.Y + half) + canvas.Margin);
            int x0 = Math.Max(0, (int)Math.Ceiling(body.Centre.X - half) + canvas.Margin), x1 = Math.Min(canvas.Width - 1, (int)Math.Floor(body.Centre.X + half) + canvas.Margin);
            for (int y = y0; y <= y1; y++)
            {
                for (int x = x0; x <= x1; x++)
                {
                    int at = y * canvas.Width + x;
                    float outside = (float)body.Outside(body.Local(new Point3(z, y - canvas.Margin, x - canvas.Margin)), bumps);
                    if (outside < edge && outside < canvas.Depth[at])
                        (canvas.Depth[at], canvas.Owner[at]) = (outside, n + 1);
                }
            }
        }
    }
}
