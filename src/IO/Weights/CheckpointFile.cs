using Cellpose3D.Core2D.Network;

namespace Cellpose3D.IO.Weights;

/// <summary>Keeps a training's checkpoints as safetensors files that are whole at every moment.</summary>
public static class CheckpointFile
{
    /// <summary>Writes a checkpoint in place of the former one of that name, in one step.</summary>
    /// <param name="path">Its folder is created when it is missing.</param>
    /// <param name="checkpoint">Weights, and whatever else the training needs; borrowed.</param>
    /// <remarks>
    /// The file is written beside the old one, brought to the disk, and renamed: whoever is killed at any time leaves either the old or the
    /// new one, and at most a <c>.part</c> file, which the next write replaces.
    /// </remarks>
    public static void Write(string path, StateDict checkpoint)
    {
        string whole = Path.GetFullPath(path), part = whole + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        using (FileStream stream = File.Create(part))
        {
            SafeTensors.Write(stream, checkpoint);
            stream.Flush(flushToDisk: true);
        }
        File.Move(part, whole, overwrite: true);
    }

    /// <summary>Reads a checkpoint with its metadata.</summary>
    /// <param name="path">A file of <see cref="Write"/>.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not safetensors, or damaged.</exception>
    public static StateDict Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return SafeTensors.Read(stream, path);
    }
}
