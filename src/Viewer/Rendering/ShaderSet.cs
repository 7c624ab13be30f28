using Cellpose3D.Viewer.Contexts;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Owns the programs, and the small textures that stand for labels where there are none.</summary>
internal sealed class ShaderSet : IDisposable
{
    private const string Screen = "screen.vert.glsl", View = "view.glsl", Table = "table.glsl", Bricks = "bricks.glsl", Spaces = "spaces.glsl", Stroke = "stroke.glsl";

    private readonly List<GlObject> _owned = [];
    private readonly GlTexture _noLabels, _noField, _noIds, _noLooks;

    public ShaderSet(GlDevice device)
    {
        try
        {
            Labels = Own(ShaderSources.Program(device, Screen, "labels.frag.glsl", View, Table, Spaces));
            Iso = Own(ShaderSources.Program(device, Screen, "iso.frag.glsl", View, Bricks));
            Volume = Own(ShaderSources.Program(device, Screen, "volume.frag.glsl", View, Bricks));
            Occlusion = Own(ShaderSources.Program(device, Screen, "occlusion.frag.glsl", View));
            Shade = Own(ShaderSources.Program(device, Screen, "shade.frag.glsl", View, Table));
            Box = Own(ShaderSources.Program(device, "box.vert.glsl", "box.frag.glsl", View, Stroke));
            Lines = Own(ShaderSources.Program(device, "lines.vert.glsl", "lines.frag.glsl", View, Stroke));
            Resolve = Own(ShaderSources.Program(device, Screen, "resolve.frag.glsl"));
            Triangle = Own(new GlTriangle(device));
            _noLabels = Own(GlTexture.Volume(device, 1, 1, 1, InternalFormat.R32ui, PixelFormat.RedInteger, PixelType.UnsignedInt));
            _noLabels.WritePlanes<uint>(0, [0], PixelFormat.RedInteger, PixelType.UnsignedInt);
            _noField = Own(GlTexture.Volume(device, 1, 1, 1, InternalFormat.R8, PixelFormat.Red, PixelType.UnsignedByte));
            _noField.WritePlanes<byte>(0, [0], PixelFormat.Red, PixelType.UnsignedByte);
            _noIds = Own(GlTexture.Picture(device, 1, 1, InternalFormat.R32ui, PixelFormat.RedInteger, PixelType.UnsignedInt));
            _noLooks = Own(GlTexture.Picture(device, 1, 1, InternalFormat.Rgba8ui, PixelFormat.RgbaInteger, PixelType.UnsignedByte));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public GlProgram Labels { get; }

    public GlProgram Iso { get; }

    public GlProgram Volume { get; }

    public GlProgram Occlusion { get; }

    public GlProgram Shade { get; }

    public GlProgram Box { get; }

    public GlProgram Lines { get; }

    public GlProgram Resolve { get; }

    public GlTriangle Triangle { get; }

    /// <summary>Binds a single empty voxel in place of labels.</summary>
    public void BindEmptyLabels(GlProgram program)
    {
        string[] names = ["u_labels", "u_field", "u_spaces"];
        for (int unit = 0; unit < names.Length; unit++)
        {
            (unit == 1 ? _noField : _noLabels).Bind(unit);
            program.Set(names[unit], unit);
        }
        program.Set("u_skip", 0);
        BindEmptyTable(program, names.Length);
        program.Set("u_size", 1, 1, 1);
    }

    /// <summary>Binds a list of no ids.</summary>
    public void BindEmptyTable(GlProgram program, int unit)
    {
        _noIds.Bind(unit);
        program.Set("u_ids", unit);
        _noLooks.Bind(unit + 1);
        program.Set("u_looks", unit + 1);
        program.Set("u_idCount", 0);
        program.Set("u_allShown", 1);
    }

    public void Dispose()
    {
        foreach (GlObject owned in _owned)
            owned.Dispose();
    }

    private T Own<T>(T owned)
        where T : GlObject
    {
        _owned.Add(owned);
        return owned;
    }
}
