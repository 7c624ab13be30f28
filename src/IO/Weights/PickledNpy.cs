using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Weights;

/// <summary>Reads the one Python object that <c>numpy.save</c> wraps in an array of objects without axes.</summary>
internal static class PickledNpy
{
    /// <summary>Reads the object; large arrays in it are fetched from <paramref name="stream"/> while that is open.</summary>
    /// <param name="stream">Seekable, at the first byte; borrowed.</param>
    /// <param name="name">Used in messages.</param>
    /// <exception cref="InvalidDataException">Not such a file, damaged, or it asks to run something.</exception>
    public static object? Read(Stream stream, string name)
    {
        try
        {
            NpyHeader header = NpyFile.ReadHeader(stream, name);
            if (header.Descr is not ("|O" or "O"))
                throw new InvalidDataException($"'{name}' is an array of numbers ({header.Descr}); one with a saved Python object is needed.");
            return new PickleReader(stream, name).Load() is NumpyArray { Objects: [var value] }
                ? value
                : throw new InvalidDataException($"'{name}' must hold exactly one Python object; got an array of [{string.Join(", ", header.Shape)}].");
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"'{name}' ends too early.", e);
        }
        catch (InvalidDataException e) when (!e.Message.Contains(name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{name}': {e.Message}", e);
        }
    }
}
