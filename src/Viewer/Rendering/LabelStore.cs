using System.Numerics;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Owns what the device knows of labels: voxels, the smooth field, empty space, and the look of each id.</summary>
internal sealed class LabelStore : IDisposable
{
    private const int TableWidth = 2048;

    private readonly GlDevice _device;
    private readonly LabelVolume _labels;
    private readonly GlTexture _voxels;
    private readonly List<VolumeBox> _changed = [];
    private uint[] _ids = [];
    private GlTexture? _idTable;
    private GlTexture? _looks;
    private GlTexture? _field;
    private EmptySpace? _space;
    private GlTexture? _distances;
    private (object Isolated, object Hidden, bool Ghosts, Vector3 Voxel)? _shown;
    private bool _fieldIsCurrent;
    private (object? Colors, LabelLayer? Layer) _painted;

    public LabelStore(GlDevice device, LabelVolume labels)
    {
        (_device, _labels) = (device, labels);
        (int x, int y, int z) = (labels.Shape.X, labels.Shape.Y, labels.Shape.Z);
        _voxels = GlTexture.Volume(device, x, y, z, InternalFormat.R32ui, PixelFormat.RedInteger, PixelType.UnsignedInt);
        for (int plane = 0; plane < z; plane++)
            _voxels.WritePlanes<uint>(plane, labels.Voxels.AsSpan(plane * x * y, x * y), PixelFormat.RedInteger, PixelType.UnsignedInt);
        SetIds(labels.Ids());
    }

    /// <summary>The ids, rising.</summary>
    public IReadOnlyList<uint> Ids => _ids;

    /// <summary>Voxels of the volume as it is held.</summary>
    public LabelVolume Volume => _labels;

    /// <summary>Changes whenever cells are shown or hidden.</summary>
    public int Version { get; private set; }

    /// <summary>Brings empty space, field and looks up to what a layer shows.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="colors">Colour of each id; grey where there is none.</param>
    /// <param name="voxelUm">Size of a voxel as held, (x, y, z).</param>
    public void Update(LabelLayer layer, IReadOnlyDictionary<uint, Rgb> colors, Vector3 voxelUm)
    {
        (object, object, bool, Vector3) shown = (layer.Isolated, layer.Hidden, layer.Ghost > 0, voxelUm);
        if (_shown != shown)
        {
            _space = EmptySpace.Of(_labels, IsSeen);
            _distances ??= GlTexture.Volume(_device, _space.Shape.X, _space.Shape.Y, _space.Shape.Z, InternalFormat.R8ui, PixelFormat.RedInteger, PixelType.UnsignedByte);
            _distances.WritePlanes<byte>(0, _space.Distances, PixelFormat.RedInteger, PixelType.UnsignedByte);
            _shown = shown;
            _fieldIsCurrent = false;
            _changed.Clear();
            Version++;
        }
        (int Z, int Y, int X) passes = SmoothField.Passes(voxelUm.Z, voxelUm.Y, voxelUm.X);
        foreach (VolumeBox box in _changed)
        {
            VolumeBox cubes = _space!.Update(_labels, box, IsSeen);
            _distances!.WriteBox<byte>(cubes, VolumeCut.Of(_space.Distances, _space.Shape, cubes), PixelFormat.RedInteger, PixelType.UnsignedByte);
            (VolumeBox around, byte[] part) = SmoothField.Around(_labels, box, layer.Shows, passes);
            _field!.WriteBox<byte>(around, part, PixelFormat.Red, PixelType.UnsignedByte);
            Version++;
        }
        _changed.Clear();
        if (!_fieldIsCurrent)
        {
            byte[] field = SmoothField.Of(_labels, layer.Shows, passes);
            _field ??= GlTexture.Volume(_device, _labels.Shape.X, _labels.Shape.Y, _labels.Shape.Z, InternalFormat.R8, PixelFormat.Red, PixelType.UnsignedByte, linear: true);
            int plane = _labels.Shape.X * _labels.Shape.Y;
            for (int z = 0; z < _labels.Shape.Z; z++)
                _field.WritePlanes<byte>(z, field.AsSpan(z * plane, plane), PixelFormat.Red, PixelType.UnsignedByte);
            _fieldIsCurrent = true;
        }
        if (_painted != (colors, layer))
            Paint(layer, colors);

        bool IsSeen(uint id) => layer.Shows(id) || (layer.Ghost > 0 && !layer.Hidden.Contains(id));
    }

    /// <summary>Takes over voxels that were changed.</summary>
    /// <param name="box">Outside of it none was.</param>
    public void Change(VolumeBox box)
    {
        box = box.Intersect(_labels.Shape.All);
        if (box.Count == 0)
            return;
        uint[] voxels = VolumeCut.Of(_labels.Voxels, _labels.Shape, box);
        _voxels.WriteBox<uint>(box, voxels, PixelFormat.RedInteger, PixelType.UnsignedInt);
        // an id that is in no voxel any more does no harm in the list
        uint[] made = [.. new LabelVolume(voxels, box.Shape).Ids().Where(id => Array.BinarySearch(_ids, id) < 0)];
        if (made.Length > 0)
            SetIds([.. _ids.Concat(made).Order()]);
        _changed.Add(box);
    }

    /// <summary>Binds all of it from a texture unit on, five units.</summary>
    public void Bind(GlProgram program, LabelLayer layer, int unit, bool skip)
    {
        _voxels.Bind(unit);
        program.Set("u_labels", unit);
        if (_field is not null)
            _field.Bind(unit + 1);
        program.Set("u_field", unit + 1);
        _distances!.Bind(unit + 2);
        program.Set("u_spaces", unit + 2);
        program.Set("u_skip", skip ? 1 : 0);
        BindTable(program, layer, unit + 3);
        program.Set("u_size", _labels.Shape.X, _labels.Shape.Y, _labels.Shape.Z);
    }

    /// <summary>Binds ids and looks alone, two units.</summary>
    public void BindTable(GlProgram program, LabelLayer layer, int unit)
    {
        _idTable!.Bind(unit);
        program.Set("u_ids", unit);
        _looks!.Bind(unit + 1);
        program.Set("u_looks", unit + 1);
        program.Set("u_idCount", _ids.Length);
        program.Set("u_allShown", layer.Isolated.IsEmpty && layer.Hidden.IsEmpty ? 1 : 0);
    }

    public void Dispose()
    {
        _voxels.Dispose();
        _idTable?.Dispose();
        _looks?.Dispose();
        _field?.Dispose();
        _distances?.Dispose();
    }

    private void SetIds(uint[] ids)
    {
        _ids = ids;
        int rows = Math.Max(1, (ids.Length + TableWidth - 1) / TableWidth);
        if (_idTable?.Height != rows)
        {
            _idTable?.Dispose();
            _looks?.Dispose();
            _idTable = GlTexture.Picture(_device, TableWidth, rows, InternalFormat.R32ui, PixelFormat.RedInteger, PixelType.UnsignedInt);
            _looks = GlTexture.Picture(_device, TableWidth, rows, InternalFormat.Rgba8ui, PixelFormat.RgbaInteger, PixelType.UnsignedByte);
        }
        uint[] padded = new uint[rows * TableWidth];
        ids.CopyTo(padded, 0);
        _idTable.Write<uint>(padded, PixelFormat.RedInteger, PixelType.UnsignedInt);
        _painted = default;
    }

    private void Paint(LabelLayer layer, IReadOnlyDictionary<uint, Rgb> colors)
    {
        byte[] looks = new byte[4 * _looks!.Width * _looks.Height];
        for (int n = 0; n < _ids.Length; n++)
        {
            uint id = _ids[n];
            Rgb color = colors.TryGetValue(id, out Rgb c) ? c : new Rgb(150, 150, 150);
            int flags = layer.Shows(id) ? 1 : layer.Hidden.Contains(id) ? 0 : 2;
            (looks[4 * n], looks[4 * n + 1], looks[4 * n + 2]) = (color.Red, color.Green, color.Blue);
            looks[4 * n + 3] = (byte)(flags | (layer.Selected.Contains(id) ? 4 : 0));
        }
        _looks.Write<byte>(looks, PixelFormat.RgbaInteger, PixelType.UnsignedByte);
        _painted = (colors, layer);
    }
}
