namespace Cellpose3D.Volume.Sources;

/// <summary>Where a run keeps what it has computed so far: volumes by name, and small records that say what is finished.</summary>
/// <remarks>
/// A step first writes volumes, then flushes them, then saves a record; a run that finds the record skips the step. A step that
/// was interrupted is done again from its beginning and writes the same values, so nothing has to be undone.
/// </remarks>
public interface IVolumeWorkspace : IDisposable
{
    /// <summary>Opens a volume, which is made where there is none of that name.</summary>
    /// <typeparam name="T">float for maps, int for end points and labels.</typeparam>
    /// <param name="name">Letters, digits and hyphens.</param>
    /// <param name="shape">Lengths of the axes.</param>
    /// <param name="components">Values at each voxel.</param>
    /// <param name="chunk">The pieces it will be written and read in.</param>
    /// <returns>The same object for the same name; disposed by the workspace.</returns>
    /// <exception cref="InvalidOperationException">The volume of that name has another type, shape or number of components.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public IVolumeStore<T> Open<T>(string name, VolumeShape shape, int components, VolumeShape chunk)
        where T : unmanaged;

    /// <summary>Gives the room of a volume back; its records stay. Nothing happens where there is none.</summary>
    /// <param name="name">As given to <see cref="Open"/>.</param>
    public void Delete(string name);

    /// <summary>Reads a record.</summary>
    /// <param name="record">Letters, digits, hyphens, and slashes between them.</param>
    /// <returns>What was saved, or null where nothing was.</returns>
    public byte[]? Load(string record);

    /// <summary>Whether a record was saved.</summary>
    /// <param name="record">As given to <see cref="Load"/>.</param>
    public bool Has(string record) => Load(record) is not null;

    /// <summary>The last parts of the names of all records directly below a name, in ordinal order.</summary>
    /// <param name="folder">What stands before the last slash of their names.</param>
    public IReadOnlyList<string> List(string folder);

    /// <summary>Saves a record whole or not at all, whatever happens to the process.</summary>
    /// <param name="record">As given to <see cref="Load"/>.</param>
    /// <param name="bytes">May be empty; borrowed.</param>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void Save(string record, ReadOnlySpan<byte> bytes);

    /// <summary>Removes all records and volumes.</summary>
    public void Clear();
}
