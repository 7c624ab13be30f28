using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>
/// Turns a scene into an image: thin sections finer than the planes, each blurred in the plane and added to the planes around it
/// (blur along z), loss of light with depth, haze, background, and a camera for each channel.
/// </summary>
/// <remarks>Only a few sections exist at a time. Sections are added in their order, so the threads never change a bit.</remarks>
internal sealed class Microscope
{
    private const int SectionsAtOnce = 16;

    private readonly VolumeScene _scene;
    private readonly IVolumeContent _content;
    private readonly int _depth, _height, _width, _sections;             // sections a plane
    private readonly double _lens, _axial, _scatter, _loss, _glow, _floor, _cloudiness;

    public Microscope(VolumeScene scene, IVolumeContent content)
    {
        (_scene, _content) = (scene, content);
        (_depth, _height, _width) = (scene.Options.Depth, scene.Height, scene.Width);
        SynthesisRandom random = scene.OpticsRandom();
        VolumeSynthesisOptions options = scene.Options;
        double lens = Math.Min(random.Uniform(0.6, 1.2), 0.07 * scene.Diameter);
        double stretch = random.Uniform(2, 3.2);
        _lens = options.Blur * lens;
        _axial = options.Blur * Math.Min(lens * stretch, 0.16 * scene.Diameter);
        _scatter = options.Attenuation * random.Uniform(0, 0.5);
        _loss = options.Attenuation * Math.Min(random.LogUniform(0.02, 0.1) / scene.Diameter, 1.6 / Math.Max(1, scene.SizeZ));
        _glow = options.Blur > 0 ? random.LogUniform(0.02, 0.25) : 0;
        _floor = random.LogUniform(0.01, 0.12);
        _cloudiness = random.Uniform(0, 0.5);
        _sections = (int)Math.Clamp(Math.Ceiling(scene.Anisotropy), 1, 8);
    }

    /// <summary>Takes the picture.</summary>
    /// <param name="owners">Receives int32 [Z, Y, X]: the number of the cell at each voxel's middle.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <param name="progress">Receives the fraction done.</param>
    /// <param name="cancellationToken">Checked between sections.</param>
    /// <returns>float32 [C, Z, Y, X], counts.</returns>
    public NdArray<float> Expose(int[] owners, int threads, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        int channels = _content.Channels;
        var image = new NdArray<float>(channels, _depth, _height, _width);
        AddSections(image, owners, threads, progress, cancellationToken);
        for (int c = 0; c < channels; c++)
        {
            if (_glow > 0)
                AddHaze(image.Plane(c), threads, cancellationToken);
            AddBackground(image.Plane(c), c, threads, cancellationToken);
            SynthesisRandom random = _scene.CameraRandom(c);
            Camera camera = Camera.Scanning(random, _scene.Options.Noise);
            for (int z = 0; z < _depth; z++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<float> voxels = image.Plane(c).Slice(z * _height * _width, _height * _width);
                var light = new Plane(_height, _width);
                voxels.CopyTo(light.Data);
                camera.Expose(light).Data.CopyTo(voxels);
            }
        }
        return image;
    }

    private void AddSections(NdArray<float> image, int[] owners, int threads, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        double step = _scene.Anisotropy / _sections, reach = 3 * _axial;
        int extra = (int)Math.Ceiling(reach / step), first = -extra, last = (_depth - 1) * _sections + extra;
        int margin = (int)Math.Ceiling(3 * _lens * (1 + _scatter)) + 1, channels = image.Shape[0], size = _height * _width;
        var sections = new Plane[SectionsAtOnce][];
        for (int from = first; from <= last; from += SectionsAtOnce)
        {
            int count = Math.Min(SectionsAtOnce, last - from + 1), start = from;
            ParallelWork.Run(count, threads, () => new PlaneCanvas(_height, _width, margin, channels), (canvas, i) =>
                sections[i] = Section(start + i, step, canvas, owners), null, cancellationToken);

            int low = Math.Max(0, (int)Math.Ceiling((from - extra) / (double)_sections));
            int high = Math.Min(_depth - 1, (int)Math.Floor((from + count - 1 + extra) / (double)_sections));
            ParallelWork.Run(Math.Max(0, high - low + 1), threads, k =>
            {
                int z = low + k;
                for (int i = 0; i < count; i++)
                {
                    float weight = AxialWeight((start + i - z * _sections) * step, step);
                    if (weight == 0)
                        continue;
                    for (int c = 0; c < channels; c++)
                    {
                        Span<float> target = image.Plane(c).Slice(z * size, size);
                        ReadOnlySpan<float> light = sections[i][c].Data;
                        for (int n = 0; n < size; n++)
                            target[n] += weight * light[n];
                    }
                }
            }, null, cancellationToken);
            progress?.Report(0.9f * (from + count - first) / (last - first + 1));
        }
    }

    /// <summary>One section as it is seen: blurred, dimmed, without margin; the owners where it is the middle of a plane.</summary>
    private Plane[] Section(int index, double step, PlaneCanvas canvas, int[] owners)
    {
        double z = index * step, share = Math.Clamp(z / Math.Max(1, _scene.SizeZ), 0, 1);
        canvas.Clear();
        _content.Paint(z, canvas);
        int plane = index / _sections;
        if (index >= 0 && index % _sections == 0 && plane < _depth)
        {
            for (int y = 0; y < _height; y++)
            {
                canvas.Owner.AsSpan((y + canvas.Margin) * canvas.Width + canvas.Margin, _width)
                    .CopyTo(owners.AsSpan((plane * _height + y) * _width, _width));
            }
        }
        float dimming = (float)PortableMath.Exp(-_loss * Math.Max(0, z));
        var seen = new Plane[canvas.Light.Length];
        for (int c = 0; c < seen.Length; c++)
        {
            var light = new Plane(canvas.Height, canvas.Width);
            canvas.Light[c].CopyTo(light.Data, 0);
            seen[c] = light.Blurred(_lens * (1 + _scatter * share)).Cropped(canvas.Margin, _height, _width);
            for (int n = 0; n < seen[c].Data.Length; n++)
                seen[c].Data[n] *= dimming;
        }
        return seen;
    }

    /// <summary>How much a section this far away adds to a plane; all sections together add 1.</summary>
    private float AxialWeight(double distance, double step)
    {
        if (_axial < 0.15 * step)
            return distance == 0 ? 1 : 0;
        if (Math.Abs(distance) > 3 * _axial)
            return 0;
        double sum = 0;
        for (int k = -(int)(3 * _axial / step); k <= (int)(3 * _axial / step); k++)
            sum += PortableMath.Exp(-0.5 * k * step * k * step / (_axial * _axial));
        return (float)(PortableMath.Exp(-0.5 * distance * distance / (_axial * _axial)) / sum);
    }

    /// <summary>Light from far out of focus: a very wide blur of the volume, added faintly.</summary>
    private void AddHaze(Span<float> channel, int threads, CancellationToken cancellationToken)
    {
        int size = _height * _width;
        double wide = 0.8 * _scene.Diameter, planes = wide / _scene.Anisotropy;
        float[] all = channel.ToArray();
        var blurred = new Plane[_depth];
        ParallelWork.Run(_depth, threads, z =>
        {
            var plane = new Plane(_height, _width);
            all.AsSpan(z * size, size).CopyTo(plane.Data);
            blurred[z] = plane.Blurred(wide);
        }, null, cancellationToken);

        int reach = (int)Math.Ceiling(2.5 * planes);
        ParallelWork.Run(_depth, threads, z =>
        {
            double total = 0;
            for (int k = -reach; k <= reach; k++)
                total += PortableMath.Exp(-0.5 * k * k / (planes * planes));
            Span<float> target = all.AsSpan(z * size, size);
            for (int k = Math.Max(-reach, -z); k <= Math.Min(reach, _depth - 1 - z); k++)
            {
                float weight = (float)(_glow * PortableMath.Exp(-0.5 * k * k / (planes * planes)) / total);
                ReadOnlySpan<float> from = blurred[z + k].Data;
                for (int n = 0; n < size; n++)
                    target[n] += weight * from[n];
            }
        }, null, cancellationToken);
        all.CopyTo(channel);
    }

    private void AddBackground(Span<float> channel, int c, int threads, CancellationToken cancellationToken)
    {
        SynthesisRandom random = _scene.CameraRandom(c).Fork(7);
        SolidTexture cloud = SolidTexture.Cloudy(random, 4, 2, 0.5);
        double texels = 16 / (random.Uniform(2, 6) * _scene.Diameter);
        float[] all = channel.ToArray();
        ParallelWork.Run(_depth, threads, z =>
        {
            for (int y = 0; y < _height; y++)
            {
                for (int x = 0; x < _width; x++)
                {
                    double waves = 1 + _cloudiness * cloud.Sample(z * _scene.Anisotropy * texels, y * texels, x * texels);
                    all[(z * _height + y) * _width + x] += (float)(_floor * Math.Max(0.1, waves));
                }
            }
        }, null, cancellationToken);
        all.CopyTo(channel);
    }
}
