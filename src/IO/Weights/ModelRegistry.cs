namespace Cellpose3D.IO.Weights;

/// <summary>Finds models by name or path, and adds new ones to the user's folder.</summary>
/// <remarks>
/// A folder may hold a model <c>NAME</c> as <c>NAME.safetensors</c> with <c>NAME.size.safetensors</c> (this program's own form), as the
/// official files of that name, or as any file <c>NAME</c>, <c>NAME.pth</c> or <c>NAME.pt</c> with <c>NAME_size.npy</c>.
/// </remarks>
/// <param name="options">The folders searched.</param>
public sealed class ModelRegistry(ModelRegistryOptions options)
{
    private const string Safe = ".safetensors", SafeSize = ".size.safetensors", NumpySize = "_size.npy";

    private static readonly string[] WeightExtensions = ["", ".pth", ".pt"];
    private static readonly string[] OtherExtensions = [".npy", ".txt", ".sha256", ".part", ".etag", ".json", ".md"];

    /// <summary>Every model on this machine, by name; of two with one name, the one that <see cref="Resolve"/> takes.</summary>
    public IReadOnlyList<ModelEntry> List() =>
        [.. Folders().SelectMany(f => Names(f.Folder).Select(n => Find(f.Folder, f.Origin, n))).OfType<ModelEntry>().DistinctBy(m => m.Name)
            .OrderBy(m => m.Name, StringComparer.OrdinalIgnoreCase).ThenBy(m => m.Name, StringComparer.Ordinal)];

    /// <summary>Finds a model.</summary>
    /// <param name="nameOrPath">A name, searched in each folder in turn, or the path of a weights file.</param>
    /// <exception cref="FileNotFoundException">There is none; the message lists what there is and what to do.</exception>
    /// <exception cref="InvalidDataException">The path is a folder.</exception>
    public ModelEntry Resolve(string nameOrPath)
    {
        if (IsPlainName(nameOrPath))
        {
            foreach ((string folder, ModelOrigin origin) in Folders())
            {
                if (Find(folder, origin, nameOrPath) is { } entry)
                    return entry;
            }
        }
        if (File.Exists(nameOrPath))
            return FromFile(nameOrPath);
        if (Directory.Exists(nameOrPath))
            throw new InvalidDataException($"'{nameOrPath}' is a folder; name a model or a weights file.");

        string known = string.Join(", ", List().Select(m => m.Name));
        throw new FileNotFoundException(OfficialModel.Find(nameOrPath) is not null
            ? $"model '{nameOrPath}' is not on this machine; download it with 'cellpose3d models get {nameOrPath}', or copy its files to '{options.UserFolder}'."
            : $"there is no model or file '{nameOrPath}'; models on this machine: {(known.Length == 0 ? "none" : known)}; "
                + $"to download: {string.Join(", ", OfficialModel.All.Select(m => m.Name))}.");
    }

    /// <summary>Copies a network into the user's folder, with the size model beside it if there is one.</summary>
    /// <param name="path">A Cellpose network of generations 1 to 3.</param>
    /// <param name="name">Its name from now on; null to keep the file's name without extension.</param>
    /// <returns>The model as found by its new name.</returns>
    /// <exception cref="ArgumentException">The name is no plain name, or official, or would hide behind a model of the program.</exception>
    /// <exception cref="InvalidDataException">Not a Cellpose network.</exception>
    public ModelEntry Add(string path, string? name = null)
    {
        name ??= Path.GetFileNameWithoutExtension(path);
        if (!IsPlainName(name) || name.EndsWith(Safe, StringComparison.Ordinal))
            throw new ArgumentException($"a model's name must be letters, digits, '.', '-' and '_'; got '{name}'.", nameof(name));
        if (OfficialModel.Find(name) is not null)
            throw new ArgumentException($"'{name}' is the name of an official model; add the file under another name.", nameof(name));
        if (options.ProgramFolder is not null && Find(options.ProgramFolder, ModelOrigin.Program, name) is not null)
            throw new ArgumentException($"'{name}' is a model of this program; add the file under another name.", nameof(name));

        CellposeModelFile model = CellposeModelFile.Load(path);
        string? size = FromFile(path).SizePath;
        if (size is not null)
            SizeModelFile.Read(size);                                    // refuse a bad one before anything is copied
        Directory.CreateDirectory(options.UserFolder);
        string target = Path.Combine(options.UserFolder, name);
        AtomicFile.Write(target + Safe, stream => CellposeModelFile.Save(stream, model.Weights, half: false));
        if (size is not null)
            AtomicFile.Write(target + SafeSize, stream => SizeModelFile.Write(stream, SizeModelFile.Read(size)));
        else
            File.Delete(target + SafeSize);                              // of an older model of this name
        return Resolve(name);
    }

    /// <summary>Downloads an official model into the user's folder, unless it is there and whole.</summary>
    /// <param name="name">An official name.</param>
    /// <param name="downloader">Fetches the files.</param>
    /// <param name="ensemble">Whether to fetch all networks of an ensemble, or the first only.</param>
    /// <param name="progress">Receives what is done, file by file.</param>
    /// <param name="cancellationToken">Stops the download; what has arrived is kept and resumed next time.</param>
    /// <exception cref="ArgumentException">No official model has that name.</exception>
    /// <exception cref="IOException">No network, or the server does not answer as it should; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The file is no network, or not the one downloaded before.</exception>
    public async Task<ModelEntry> GetAsync(
        string name, ModelDownloader downloader, bool ensemble = false,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        OfficialModel official = OfficialModel.Find(name)
            ?? throw new ArgumentException($"official models are {string.Join(", ", OfficialModel.All.Select(m => m.Name))}; got '{name}'.", nameof(name));
        foreach (string file in ensemble ? official.Files : official.Files.Take(1))
        {
            await downloader.FetchAsync(file, options.UserFolder, path => CellposeModelFile.Load(path), progress, cancellationToken).ConfigureAwait(false);
        }
        if (official.SizeFile is not null)
            await downloader.FetchAsync(official.SizeFile, options.UserFolder, path => SizeModelFile.Read(path), progress, cancellationToken).ConfigureAwait(false);
        return Find(options.UserFolder, ModelOrigin.User, name)!;
    }

    private IEnumerable<(string Folder, ModelOrigin Origin)> Folders()
    {
        (string?, ModelOrigin)[] all =
            [(options.ProgramFolder, ModelOrigin.Program), (options.UserFolder, ModelOrigin.User), (options.CellposeFolder, ModelOrigin.Cellpose)];
        foreach ((string? folder, ModelOrigin origin) in all)
        {
            if (folder is not null && Directory.Exists(folder))
                yield return (folder, origin);
        }
    }

    private static ModelEntry? Find(string folder, ModelOrigin origin, string name)
    {
        string own = Path.Combine(folder, name + Safe);
        if (File.Exists(own))
            return new ModelEntry(name, origin, [own], Existing(Path.Combine(folder, name + SafeSize)), null);
        if (OfficialModel.Find(name) is { } official)
        {
            string[] files = [.. official.Files.Select(f => Path.Combine(folder, f)).TakeWhile(File.Exists)];
            if (files.Length > 0)
                return new ModelEntry(name, origin, files, official.SizeFile is null ? null : Existing(Path.Combine(folder, official.SizeFile)), name);
        }
        foreach (string extension in WeightExtensions)
        {
            string path = Path.Combine(folder, name + extension);
            if (File.Exists(path))
                return new ModelEntry(name, origin, [path], SizeBeside(path), null);
        }
        return null;
    }

    private static ModelEntry FromFile(string path) =>
        new(Path.GetFileNameWithoutExtension(path), ModelOrigin.File, [Path.GetFullPath(path)], SizeBeside(Path.GetFullPath(path)), null);

    /// <summary>The size model beside a network: ours (NAME.size.safetensors) or the reference's (the whole file name, then _size.npy).</summary>
    private static string? SizeBeside(string path)
    {
        string stem = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path));
        return Existing(stem + SafeSize) ?? Existing(path + NumpySize) ?? Existing(stem + NumpySize);
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;

    private static IEnumerable<string> Names(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal))
        {
            string extension = Path.GetExtension(file);
            if (file.StartsWith('.') || file.EndsWith(SafeSize, StringComparison.Ordinal) || OtherExtensions.Contains(extension))
                continue;
            string name = extension == Safe || WeightExtensions.Contains(extension) ? Path.GetFileNameWithoutExtension(file) : file;
            if (OfficialModel.All.FirstOrDefault(m => m.Files.Contains(file)) is { } official)
                name = official.Name;
            yield return name;
        }
    }

    private static bool IsPlainName(string name) =>
        name.Length > 0 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
