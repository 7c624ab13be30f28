using System.Numerics;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Tells the shading pass about light, background and lines.</summary>
internal static class ShadeLook
{
    public static void Set(GlProgram program, SceneState scene, ViewGeometry view, int factor, bool occludes)
    {
        // light stands over the viewer's left shoulder, a little of it on the right, the sky above the picture
        Vector3 right = Vector3.Normalize(view.Right), up = -Vector3.Normalize(view.Down), back = -view.Forward;
        program.Set("u_key", Vector3.Normalize(0.75f * back + 0.62f * up - 0.45f * right));
        program.Set("u_fill", Vector3.Normalize(0.55f * back - 0.25f * up + 0.8f * right));
        program.Set("u_sky", up);
        program.Set("u_occlusion", occludes ? (float)scene.Lighting.AmbientOcclusion : 0);
        program.Set("u_gloss", (float)scene.Lighting.Gloss);
        Background background = scene.View == ViewKind.Volume ? scene.Background : scene.Background with { Top = scene.Background.Bottom };
        program.Set("u_backTop", Linear(background.Top));
        program.Set("u_backBottom", Linear(background.Bottom));
        program.Set("u_backAlpha", background.IsTransparent ? 0f : 1f);
        LabelLayer layer = scene.Labels ?? new LabelLayer();
        program.Set("u_edge", Pixels(layer.EdgeWidth));
        program.Set("u_outline", Pixels(layer.OutlineWidth));
        program.Set("u_sliceOpacity", (float)layer.SliceOpacity);
        for (int n = 0; n < Math.Min(8, scene.Images.Length); n++)
            program.Set(FormattableString.Invariant($"u_isoColors[{n}]"), Linear(ColorMap.Table(scene.Images[n].Lut)[210]));

        int Pixels(double width) => width <= 0 ? 0 : Math.Max(1, (int)Math.Round(width * factor));
    }

    /// <summary>Whether lines and text over it must be dark.</summary>
    public static bool IsLight(Background background) => background.Bottom.Red + background.Bottom.Green + background.Bottom.Blue > 382;

    /// <summary>A colour as light.</summary>
    public static Vector3 Linear(Rgb c) => new(Linear(c.Red), Linear(c.Green), Linear(c.Blue));

    private static float Linear(byte v) => MathF.Pow(v / 255f, 2.2f);
}
