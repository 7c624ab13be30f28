using Cellpose3D.Core2D.Native;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Cellpose3D.Core2D.Network;

/// <summary>The residual U-Net with a style vector of the Cellpose paper.</summary>
/// <remarks>
/// Source: Stringer et al. 2021, Methods; exact layout in NUMERICS section 1. Module names give the checkpoint keys of
/// Cellpose v1 to v3. Every convolution is preceded by batch norm, so the first operation on the image is a batch norm.
/// </remarks>
public sealed class CellposeNet : Module<Tensor, (Tensor Maps, Tensor Style)>
{
    private readonly ResDown[] _down;
    private readonly ResUp[] _up;
    private readonly MaxPool2d _pool;

    [ComponentName(Name = "output")]
    private readonly Sequential _output;

    /// <summary>Makes a network with PyTorch's default initial weights.</summary>
    /// <param name="architecture">Channels, widths and outputs.</param>
    public CellposeNet(NetArchitecture architecture)
        : base(AfterLoading(nameof(CellposeNet)))
    {
        architecture.Validate();
        Architecture = architecture;
        DiamMean = new Parameter(full([1], 30f), requires_grad: false);
        DiamLabels = new Parameter(full([1], 30f), requires_grad: false);
        register_parameter("diam_mean", DiamMean);
        register_parameter("diam_labels", DiamLabels);

        int[] widths = [architecture.Channels, .. architecture.Widths];           // [in, w0, w1, w2, w3]
        int levels = architecture.Widths.Length, style = widths[^1];
        _down = [.. Enumerable.Range(0, levels).Select(n => new ResDown(widths[n], widths[n + 1]))];
        // level n of the way up gets the map of level n + 1; the deepest gets its own, hence the last width twice
        _up = [.. Enumerable.Range(0, levels).Select(n => new ResUp(n == levels - 1 ? widths[^1] : widths[n + 2], widths[n + 1], style))];
        _pool = MaxPool2d(2, 2);
        _output = BatchConv(widths[1], architecture.Outputs, kernel: 1);

        register_module("downsample", new Named(("down", new Named([.. _down.Select((m, n) => ($"res_down_{n}", (Module)m))]))));
        register_module("upsample", new Named(("up", new Named([.. _up.Select((m, n) => ($"res_up_{n}", (Module)m))]))));
        RegisterComponents();
    }

    /// <summary>Channels, widths and outputs.</summary>
    public NetArchitecture Architecture { get; }

    /// <summary>float32 [1], pixels: the cell diameter images are resized to.</summary>
    public Parameter DiamMean { get; }

    /// <summary>float32 [1], pixels: mean diameter of the training images' cells.</summary>
    public Parameter DiamLabels { get; }

    /// <summary>Runs the network.</summary>
    /// <param name="input">float [N, C, Y, X], normalised to about 0..1; Y and X multiples of 8; borrowed.</param>
    /// <returns>
    /// Maps: float [N, 3, Y, X], 5 * flow y, 5 * flow x, cell probability logit. Style: float [N, S], unit length.
    /// Both owned by the caller.
    /// </returns>
    public override (Tensor Maps, Tensor Style) forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        var skips = new Tensor[_down.Length];
        Tensor x = input;
        for (int n = 0; n < _down.Length; n++)
            x = skips[n] = _down[n].forward(n == 0 ? x : _pool.forward(x));       // [N, W_n, Y / 2^n, X / 2^n]

        Tensor style = MakeStyle(x);                                              // [N, S]
        for (int n = _up.Length - 1; n >= 0; n--)
        {
            if (n < _up.Length - 1)
                x = Upsample(x);
            x = _up[n].forward(x, skips[n], style);                               // [N, W_n, Y / 2^n, X / 2^n]
        }
        return (_output.forward(x).MoveToOuterDisposeScope(), style.MoveToOuterDisposeScope());
    }

    /// <summary>The maps of the way down, before pooling: float [N, W_n, Y / 2^n, X / 2^n] by level; owned by the caller.</summary>
    /// <param name="input">float [N, C, Y, X]; borrowed.</param>
    public Tensor[] ForwardDown(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        var maps = new Tensor[_down.Length];
        for (int n = 0; n < _down.Length; n++)
            maps[n] = _down[n].forward(n == 0 ? input : _pool.forward(maps[n - 1]));
        return [.. maps.Select(m => m.MoveToOuterDisposeScope())];
    }

    // the base class calls into libtorch before this class's constructor has a say
    private static string AfterLoading(string name)
    {
        LibTorch.EnsureLoaded();
        return name;
    }

    // An all-zero map has no direction: the reference divides by zero there and yields NaN.
    private static Tensor MakeStyle(Tensor deepest)
    {
        Tensor mean = deepest.mean([2, 3]);                                       // [N, S]
        return mean / mean.square().sum(1, keepdim: true).sqrt();
    }

    private static Tensor Upsample(Tensor x) =>
        functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    private static Sequential BatchConv(int from, int to, int kernel = 3) => Sequential(
        ("0", BatchNorm2d(from, eps: 1e-5, momentum: 0.05)),
        ("1", ReLU()),
        ("2", Conv2d(from, to, kernel, padding: kernel / 2)));

    private static Sequential Projection(int from, int to) => Sequential(
        ("0", BatchNorm2d(from, eps: 1e-5, momentum: 0.05)),
        ("1", Conv2d(from, to, 1)));

    /// <summary>Gives its children their names in the checkpoint's keys; computes nothing.</summary>
    private sealed class Named : Module
    {
        internal Named(params (string Name, Module Module)[] children)
            : base(nameof(Named))
        {
            foreach ((string name, Module module) in children)
                register_module(name, module);
        }
    }

    /// <summary>Two residual blocks of two convolutions; the first changes the width through a 1x1 projection.</summary>
    private sealed class ResDown : Module<Tensor, Tensor>
    {
        private readonly Sequential[] _conv;

        [ComponentName(Name = "proj")]
        private readonly Sequential _proj;

        internal ResDown(int from, int to)
            : base(nameof(ResDown))
        {
            _conv = [BatchConv(from, to), BatchConv(to, to), BatchConv(to, to), BatchConv(to, to)];
            _proj = Projection(from, to);
            register_module("conv", new Named([.. _conv.Select((m, k) => ($"conv_{k}", (Module)m))]));
        }

        public override Tensor forward(Tensor x)
        {
            using DisposeScope scope = NewDisposeScope();
            x = _proj.forward(x).PlusInPlace(_conv[1].forward(_conv[0].forward(x)));
            return x.Plus(_conv[3].forward(_conv[2].forward(x))).MoveToOuterDisposeScope();
        }
    }

    /// <summary>As <see cref="ResDown"/>, but the skip connection joins before the second convolution and the style before the last three.</summary>
    private sealed class ResUp : Module<Tensor, Tensor, Tensor, Tensor>
    {
        private readonly Sequential[] _plain;
        private readonly StyleConv[] _styled;

        [ComponentName(Name = "proj")]
        private readonly Sequential _proj;

        internal ResUp(int from, int to, int style)
            : base(nameof(ResUp))
        {
            _plain = [BatchConv(from, to)];
            _styled = [new StyleConv(to, style), new StyleConv(to, style), new StyleConv(to, style)];
            _proj = Projection(from, to);
            register_module("conv", new Named(("conv_0", _plain[0]), ("conv_1", _styled[0]), ("conv_2", _styled[1]), ("conv_3", _styled[2])));
        }

        public override Tensor forward(Tensor x, Tensor skip, Tensor style)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor joined = _plain[0].forward(x).PlusInPlace(skip);
            x = _proj.forward(x).PlusInPlace(_styled[0].forward(joined, style));
            Tensor second = _styled[2].forward(_styled[1].forward(x, style), style);
            return x.Plus(second).MoveToOuterDisposeScope();
        }
    }

    /// <summary>A convolution whose input is shifted by a linear function of the style, channel by channel.</summary>
    private sealed class StyleConv : Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "conv")]
        private readonly Sequential _conv;

        [ComponentName(Name = "full")]
        private readonly Linear _full;

        internal StyleConv(int width, int style)
            : base(nameof(StyleConv))
        {
            _conv = BatchConv(width, width);
            _full = Linear(style, width);
        }

        public override Tensor forward(Tensor x, Tensor style)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor shift = _full.forward(style).unsqueeze(-1).unsqueeze(-1);      // [N, W, 1, 1]
            return _conv.forward(x + shift).MoveToOuterDisposeScope();
        }
    }
}
