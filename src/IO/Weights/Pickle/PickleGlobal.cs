namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>A name that a pickle may mention: one of a fixed list, never an object of a program.</summary>
/// <remarks>
/// A pickle is a small program that may name any function and call it. Here nothing is looked up or called: a name is
/// compared with the list below, and <see cref="PickleReducer"/> builds the few values those names stand for.
/// </remarks>
/// <param name="Name">Module and name joined by a dot, with today's spelling of renamed modules.</param>
internal sealed record PickleGlobal(string Name)
{
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "collections.OrderedDict", "collections.defaultdict",
        "builtins.set", "builtins.frozenset", "builtins.list", "builtins.tuple", "builtins.dict",
        "builtins.bytes", "builtins.bytearray", "builtins.int", "builtins.float", "builtins.str", "builtins.bool",
        "_codecs.encode",
        "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath",
        "numpy.ndarray", "numpy.dtype",
        "numpy.core.multiarray._reconstruct", "numpy.core.multiarray.scalar", "numpy.core.numeric._frombuffer",
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch._tensor._rebuild_from_type_v2",
        "torch.Tensor", "torch.nn.parameter.Parameter", "torch.Size", "torch.device",
    };

    /// <summary>The entry of the list, or null when the file asks for something else.</summary>
    public static PickleGlobal? Find(string module, string name)
    {
        string today = module switch
        {
            "__builtin__" => "builtins",
            "pathlib._local" => "pathlib",
            "torch.cuda" => "torch",
            _ when module.StartsWith("numpy._core", StringComparison.Ordinal) => "numpy.core" + module["numpy._core".Length..],
            _ => module,
        };
        string full = today + "." + name;
        return Allowed.Contains(full) || TorchType.FromStorageName(full) is not null || TorchType.FromDtypeName(full) is not null
            ? new PickleGlobal(full)
            : null;
    }
}
