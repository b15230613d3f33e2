"""The control API, for whoever runs the stand-in: people, repositories, Apps, CI, faults, limits, recorded calls.

JSON in, JSON out, no authentication, all under ``/_standin``; `standin.client` wraps it. ``{r}`` is ``owner/name``.

================================================  ==============================================================
``GET  /health``                                  ``{"ok": true}``
``POST /users``                                   ``login, kind=User|Organization, name?, email?`` -> user, ``token``
``PATCH /users/{login}``                          ``login``: what they are called from now on
``POST /users/{login}/token``                     another personal token -> ``token``
``POST /repos``                                   ``owner, name, private?, apps?=[slug..]`` (default: all Apps),
                                                  ``files?={path: text}`` (first commit), ``ci?={..}``, ``fork_of?=r``
``GET|PATCH|DELETE /repos/{r}``                   read; ``name`` (rename), ``owner`` (transfer),
                                                  ``private``, ``archived``, ``default_branch``; remove
``PUT  /repos/{r}/collaborators/{login}``         ``permission=none|read|triage|write|maintain|admin``
``POST /repos/{r}/commits``                       ``branch?, message?, author?, files={path: text|null}`` -> ``sha``;
                                                  a push without git
``PUT  /repos/{r}/ci``                            ``mode=off|manual|success|failure|command, names?, command?, delay?``
``POST /repos/{r}/ci/conclude``                   ``sha, name?, conclusion, output?`` -> check run
``POST /repos/{r}/ci/start``                      ``sha, names?`` -> check runs in progress
``POST /repos/{r}/press``                         ``run, identifier, user?``: a check run's button; ``rerun`` = Re-run
``POST /apps``                                    ``slug, owner?, permissions, events, webhook_url?, webhook_secret?,
                                                  private_key?, id?, client_id?, callback_urls?`` -> credentials
``GET|PATCH /apps/{slug}``                        credentials; ``webhook_url, webhook_secret, events, permissions,
                                                  callback_urls``; also ``installations`` (ids)
``POST /apps/{slug}/installations``               ``account, repositories?=[name..]`` (none: all) -> ``id``
``POST /apps/{slug}/token``                       ``repo`` -> an installation ``token``, as the App would mint it
``PATCH|DELETE /installations/{id}``              ``suspended, add=[name..], remove=[name..]``; uninstall
``POST /tokens/expire``                           all installation tokens (``app?`` of one App) -> ``expired``
``GET|DELETE /calls``                             recorded calls (``app, method, path, kind=rest|git``) ; forget them
``POST /calls/take``                              all recorded calls, which are forgotten by this
``PUT  /calls/bodies``                            ``on``: keep the bodies of REST requests and of their answers
``GET  /faults``, ``DELETE /faults``              what is still to come; nothing more
``POST /faults``                                  a fault of requests: `standin.faults.Fault`'s fields
``POST /faults/webhooks``                         a fault of webhooks: `standin.faults.Post`'s fields
``PUT  /faults/dice``                             ``seed``: what happens by chance follows from it
``GET|PATCH /limits``                             `standin.limits.Rules`; ``lifted=true`` lifts all
``POST /limits/reset``                            forget what was used
``GET  /deliveries/{slug}``                       ``event?``: deliveries with payloads, oldest first
``POST /deliveries/wait``                         ``seconds?=10`` until nothing is on its way -> ``idle``
================================================  ==============================================================
"""

from standin.control import apps, repositories, running

BLUEPRINTS = [noun.routes.blueprint for noun in (apps, repositories, running)]
