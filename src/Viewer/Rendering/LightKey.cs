using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>All that, besides the surfaces, decides the image's light.</summary>
internal sealed record LightKey(string Layers)
{
    public static LightKey Of(SceneState scene) => new(string.Join(';', scene.Images.Select(i => i.ToString())));
}
