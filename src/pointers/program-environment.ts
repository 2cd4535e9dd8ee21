type Variables = Readonly<Record<string, string | undefined>>;

/** What programs need to find each other, their user's files, the network and a cluster: none of it is an arm's token. */
const usual: readonly string[] = [
  'PATH HOME USER LOGNAME SHELL TMPDIR TZ LANG LANGUAGE XDG_CONFIG_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR',
  'SSL_CERT_FILE SSL_CERT_DIR HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy',
  'KUBECONFIG KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT',
  // Without these nothing starts on Windows.
  'SystemRoot SystemDrive ComSpec PATHEXT Path TEMP TMP USERPROFILE APPDATA LOCALAPPDATA',
].flatMap((names) => names.split(' '));

/** The environment of a program that moves traffic: the usual variables and those that the configuration names, nothing else. */
export function programEnvironment(environment: Variables, named: readonly string[]): Variables {
  const names = new Set([
    ...usual,
    ...Object.keys(environment).filter((name) => name.startsWith('LC_')),
    ...named,
  ]);
  return Object.fromEntries(
    [...names].flatMap((name) =>
      environment[name] === undefined ? [] : [[name, environment[name]] as const],
    ),
  );
}
