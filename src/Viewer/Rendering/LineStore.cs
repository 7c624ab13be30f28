using System.Numerics;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Scene;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Owns the texture that lines are drawn from.</summary>
internal sealed class LineStore(GlDevice device) : IDisposable
{
    private const int Across = 256;                                         // lines in a row of the texture
    private const float HalfWidth = 1.2f;                                   // pixels of the picture
    private const float Faint = 0.35f;

    private GlTexture? _texture;

    /// <summary>Draws the lines of a picture over its surfaces.</summary>
    /// <param name="program">The program of lines, in use, that knows the picture's rays; depths are on unit 0.</param>
    /// <param name="triangle">Runs it.</param>
    /// <param name="lines">All lines; on slices, those near the plane are drawn.</param>
    /// <param name="scene">What is drawn.</param>
    /// <param name="factor">Pixels drawn for one of the picture.</param>
    public void Draw(GlProgram program, GlTriangle triangle, IReadOnlyList<SceneLine> lines, SceneState scene, int factor)
    {
        SceneLine[] seen = scene.View == ViewKind.Volume ? [.. lines] : [.. lines.Where(l => IsNear(l, scene))];
        if (seen.Length == 0)
            return;
        int rows = (seen.Length + Across - 1) / Across;
        var texels = new Vector4[3 * Across * rows];
        for (int n = 0; n < seen.Length; n++)
        {
            SceneLine line = seen[n];
            texels[3 * n] = new Vector4(ViewGeometry.ToVector(line.From), (float)line.Opacity);
            texels[3 * n + 1] = new Vector4(ViewGeometry.ToVector(line.To), 0);
            texels[3 * n + 2] = new Vector4(ShadeLook.Linear(line.Color), 0);
        }
        if (_texture?.Height != rows)
        {
            _texture?.Dispose();
            _texture = GlTexture.Picture(device, 3 * Across, rows, InternalFormat.Rgba32f, PixelFormat.Rgba, PixelType.Float);
        }
        _texture.Write<Vector4>(texels, PixelFormat.Rgba, PixelType.Float);
        _texture.Bind(1);
        program.Set("u_lines", 1);
        program.Set("u_width", HalfWidth * factor);
        // one plane has no depth to be behind of, and a slice shows what is near it on both sides
        program.Set("u_faint", scene.View == ViewKind.Volume && scene.Grid.Shape.Z > 1 ? Faint : 1f);
        triangle.Draw(6 * seen.Length);
    }

    public void Dispose() => _texture?.Dispose();

    private static bool IsNear(SceneLine line, SceneState scene)
    {
        (Func<PointUm, double> along, double voxel, int depth, double at) = scene.View switch
        {
            ViewKind.XZ => ((Func<PointUm, double>)(p => p.Y), scene.Grid.VoxelUm.Y, scene.Grid.Shape.Y, scene.Cursor.Y),
            ViewKind.ZY => (p => p.X, scene.Grid.VoxelUm.X, scene.Grid.Shape.X, scene.Cursor.X),
            _ => (p => p.Z, scene.Grid.VoxelUm.Z, scene.Grid.Shape.Z, scene.Cursor.Z),
        };
        double reach = depth == 1 ? double.PositiveInfinity : Math.Max(3, depth / 12.0);
        return Math.Min(Math.Abs(along(line.From) / voxel - 0.5 - at), Math.Abs(along(line.To) / voxel - 0.5 - at)) <= reach;
    }
}
